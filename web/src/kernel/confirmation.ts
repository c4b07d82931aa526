import { create } from "zustand";

interface Confirmation {
  /** Ends the dialog that is open; null while nothing is asked. */
  settle: ((confirmed: boolean) => void) | null;
}

/** Whether somebody has to show that it is them before what they asked for is sent again. */
export const useConfirmation = create<Confirmation>(() => ({ settle: null }));

let asking: Promise<boolean> | null = null;
let places = 0;

/** Says that a page is drawn which can ask; returns how to take that back. */
export function mayAsk(): () => void {
  places += 1;
  return () => {
    places -= 1;
    if (places === 0) useConfirmation.getState().settle?.(false);
  };
}

/** Asks once for everything that waits; true when the person has shown it, false when they would not. */
export function askToConfirm(): Promise<boolean> {
  if (places === 0) return Promise.resolve(false);
  asking ??= new Promise<boolean>((resolve) => {
    useConfirmation.setState({
      settle: (confirmed) => {
        asking = null;
        useConfirmation.setState({ settle: null });
        resolve(confirmed);
      },
    });
  });
  return asking;
}
