// A still from the camera: in the page where it may be, else by the device's own camera.

import { tell } from "../parts/banner.js";
import { byId } from "../parts/dom.js";
import { text } from "../parts/language.js";

/** @param {(files: File[]) => void} taken */
export function startCamera(taken) {
  const [dialog, video, button] = [byId("camera-dialog"), byId("camera-video"), byId("camera-take")];
  /** @type {MediaStream | null} */
  let stream = null;

  const close = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    if (dialog.open) dialog.close();
  };
  const open = async () => {
    if (!navigator.mediaDevices?.getUserMedia) return byId("still").click();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1600 } } });
      video.srcObject = stream;
      // Until there is a picture, nothing can be taken.
      button.disabled = true;
      dialog.showModal();
      await video.play();
      button.disabled = false;
    } catch (error) {
      close();
      tell("camera", { title: text("camera.none"), detail: text(error instanceof DOMException && error.name === "NotAllowedError" ? "camera.forbidden" : "camera.missing"), calm: true });
    }
  };
  const take = () => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    canvas.toBlob((blob) => {
      close();
      if (blob) taken([new File([blob], `${text("camera.title")}.jpg`, { type: "image/jpeg" })]);
    }, "image/jpeg", 0.92);
  };

  byId("camera").addEventListener("click", () => void open());
  button.addEventListener("click", take);
  byId("camera-close").addEventListener("click", close);
  dialog.addEventListener("close", close);
}
