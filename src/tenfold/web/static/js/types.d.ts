// The shapes that the page works with: what the service answers, and the elements that it finds by id.
// They are for the type checker alone; no browser asks for this file.

/** A rectangle in pixels of the picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Digit {
  label: number;
  confidence: number;
  accepted: boolean;
  line: number;
  none: number;
  probabilities: number[];
  box: Box;
  placed: string;
}

export interface Mark {
  box: Box;
  reason: string;
  sign: string | null;
  probability: number | null;
  line: number | null;
}

/** What went wrong, for a person. */
export interface Trouble {
  title: string;
  detail: string;
}

/** What a model reads in a picture. */
export interface Read {
  name: string | null;
  model: string;
  width: number;
  height: number;
  text: string;
  transcript: string;
  confidence: number;
  confidence_kind: "calibrated" | "softmax";
  milliseconds: number;
  steps: string[];
  digits: Digit[];
  left_out: Mark[];
  problem?: undefined;
}

/** A picture that could not be read. */
export type Unread = { model: string; problem: Trouble } & { [Name in Exclude<keyof Read, "model" | "problem">]?: undefined };

export type Reading = Read | Unread;

export interface Model {
  name: string;
  title: string;
  bundled: boolean;
  default: boolean;
  reads_lines: boolean;
  refuses: boolean;
  parameters: number | null;
  accuracy: number | null;
  recipe: string | null;
  trained_at: string | null;
  learn: string | null;
}

export interface Correction {
  id: number;
  label: number;
  guess: number | null;
  model: string | null;
  created: string;
  placed: string;
}

export interface Corrections {
  corrections: Correction[];
  count: number;
  formats: string[];
}

export interface Layer {
  name: string;
  kind: string;
  shape: number[];
  maps: string[];
  width: number;
  height: number;
  signed: boolean;
  reach: number;
}

export interface Occlusion {
  width: number;
  height: number;
  values: string;
}

export interface Insight {
  label: number;
  layers: Layer[];
  occlusion: Occlusion;
}

export interface Neighbor {
  label: number;
  index: number;
  distance: number;
  placed: string;
}

/** Where a digit stands on the map. */
export interface Place {
  points: string;
  x: number;
  y: number;
}

export interface Neighbors {
  neighbors: Neighbor[];
  map: Place;
}

/** A test digit on the map. */
export interface Point {
  x: number;
  y: number;
  label: number;
}

export interface Run {
  name: string;
  recipe: string | null;
  state: string;
  epoch: number | null;
  epochs: number | null;
  accuracy: number | null;
  loss: number | null;
  started: string | null;
  detail: string | null;
}

/** An epoch; a run may have further columns. */
export interface Row {
  epoch: number;
  step: number;
  loss: number | null;
  accuracy: number | null;
  validation_loss: number | null;
  validation_accuracy: number | null;
  seconds: number | null;
  images_per_second: number | null;
  [column: string]: number | null;
}

export interface RunWithHistory extends Run {
  history: Row[];
}

/** What is asked of the service. */
export interface Asking {
  method?: string;
  body?: BodyInit;
  json?: object;
  /** null is left out, arrays repeat */
  query?: Query;
  /** whether the answer is a picture and no JSON */
  picture?: boolean;
  signal?: AbortSignal;
}

export type Query = Record<string, string | number | null | undefined | string[]>;

/** How the service is asked, and what each address answers. */
export interface Ask<Rest extends unknown[] = []> {
  (path: "api/models", asking?: Asking, ...rest: Rest): Promise<{ models: Model[] }>;
  (path: "api/read", asking: Asking, ...rest: Rest): Promise<{ readings: Reading[] }>;
  (path: "api/ink", asking: Asking & { picture: true }, ...rest: Rest): Promise<Blob>;
  (path: "api/insight", asking: Asking, ...rest: Rest): Promise<Insight>;
  (path: "api/neighbors", asking: Asking, ...rest: Rest): Promise<Neighbors>;
  (path: "api/map", asking: Asking, ...rest: Rest): Promise<{ points: Point[] }>;
  (path: "api/corrections", asking: Asking & { json: object }, ...rest: Rest): Promise<Correction>;
  (path: "api/corrections", asking: Asking, ...rest: Rest): Promise<Corrections>;
  (path: `api/corrections/${number}`, asking: Asking & { method: "DELETE" }, ...rest: Rest): Promise<null>;
  (path: "api/runs", asking?: Asking, ...rest: Rest): Promise<{ runs: Run[] }>;
  (path: `api/runs/${string}`, asking?: Asking, ...rest: Rest): Promise<RunWithHistory>;
}

/** The elements of index.html that are more than an HTMLElement, and those that come and go. */
export interface Elements {
  "camera-dialog": HTMLDialogElement;
  "camera-take": HTMLButtonElement;
  "camera-video": HTMLVideoElement;
  clear: HTMLButtonElement;
  files: HTMLInputElement;
  ink: HTMLCanvasElement;
  insight: HTMLDetailsElement;
  layout: HTMLSelectElement;
  neighbors: HTMLDetailsElement;
  pen: HTMLInputElement;
  "picture-image": HTMLImageElement;
  planes: HTMLDetailsElement;
  redo: HTMLButtonElement;
  run: HTMLElement | null;
  "runs-list": HTMLElement | null;
  still: HTMLInputElement;
  threshold: HTMLInputElement;
  undo: HTMLButtonElement;
}

export type ElementOf<Id extends string> = Id extends keyof Elements ? Elements[Id] : HTMLElement;
