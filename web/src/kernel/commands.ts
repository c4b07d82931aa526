import { useEffect, useRef } from "react";
import { create } from "zustand";

/** A verb: listed in the palette and in the key help, run by its one key when it has one. */
export interface Command {
  id: string;
  label: string;
  key?: string;
  group: string;
  run: () => void;
}

interface CommandState {
  sets: Record<string, Command[]>;
}

export const useCommandStore = create<CommandState>(() => ({ sets: {} }));

/** Offers a page's verbs while it is shown; `owner` names the page. */
export function useCommands(owner: string, commands: Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const shape = JSON.stringify(commands.map(({ id, label, key, group }) => [id, label, key, group]));
  useEffect(() => {
    const offered = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find((other) => other.id === command.id)?.run(),
    }));
    useCommandStore.setState(({ sets }) => ({ sets: { ...sets, [owner]: offered } }));
    return () =>
      useCommandStore.setState(({ sets }) => ({
        sets: Object.fromEntries(Object.entries(sets).filter(([name]) => name !== owner)),
      }));
  }, [owner, shape]);
}

export function allCommands({ sets }: CommandState): Command[] {
  return Object.values(sets).flat();
}
