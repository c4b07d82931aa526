// While the session ends, what is read under it is given up: the server would only refuse it.

let reads = new AbortController();
let decision: Promise<boolean> | null = null;

/** Gives up every read under way and holds new ones until the returned function says whether the session ended. */
export function holdReads(): (ended: boolean) => void {
  reads.abort();
  reads = new AbortController();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  decision = promise;
  return (ended) => {
    decision = null;
    resolve(ended);
  };
}

/** Waits while it is open whether the session ends, and throws where it did: nothing is read without a token then. */
export async function untilDecided(): Promise<void> {
  if (decision !== null && (await decision)) throw new DOMException("The session ended", "AbortError");
}

/** The signal of a read: its own, and that of the session it belongs to. */
export function readSignal(own: AbortSignal | undefined): AbortSignal {
  return own === undefined ? reads.signal : AbortSignal.any([own, reads.signal]);
}
