export interface Said {
  title: string;
  detail?: string;
  /** Takes the change back; the toast stays 8 s so that there is time to. */
  undo?: () => void;
}

export interface Told extends Said {
  /** Tries what was refused once more. */
  again?: () => void;
  stays: number;
  refused: boolean;
}

type Listener = (told: Told) => void;

const waiting: Told[] = [];
let listener: Listener | null = null;

function tell(told: Told): void {
  if (listener === null) waiting.push(told);
  else listener(told);
}

export function say(said: Said): void {
  tell({ ...said, stays: said.undo === undefined ? 5000 : 8000, refused: false });
}

/** Tells that a change was taken back by the server, and why; `again` is offered beside it. */
export function sayRefused(title: string, detail: string, again?: () => void): void {
  tell({ title, detail, stays: 13_000, refused: true, ...(again === undefined ? {} : { again }) });
}

/** Has `heard` told of everything from now on, and of what was said before anybody listened. */
export function listen(heard: Listener): () => void {
  listener = heard;
  for (const told of waiting.splice(0)) heard(told);
  return () => {
    if (listener === heard) listener = null;
  };
}
