"""The other side of serve.py: a service around a Keras model as tutorials write it.

``_keras_serve.py MODEL`` loads the model once and serves on a free port, which it prints. It takes
a picture in a form, shrinks it to 28 x 28, inverts dark on bright, and asks the model.
"""

from __future__ import annotations

import io
import socket
import sys

import keras
import numpy as np
import uvicorn
from fastapi import FastAPI, File, UploadFile
from PIL import Image

app = FastAPI()
model = keras.models.load_model(sys.argv[1])


@app.post("/predict")
async def predict(file: UploadFile = File(...)) -> dict[str, float]:  # noqa: B008 - as written
    image = Image.open(io.BytesIO(await file.read())).convert("L").resize((28, 28))
    pixels = np.asarray(image, "float32") / 255
    if pixels.mean() > 0.5:
        pixels = 1 - pixels
    probabilities = model.predict(pixels[None, ..., None], verbose=0)[0]
    return {"digit": int(probabilities.argmax()), "confidence": float(probabilities.max())}


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.run(app, fd=listener.fileno(), log_level="warning")
