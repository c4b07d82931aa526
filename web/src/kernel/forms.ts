import { zodResolver } from "@hookform/resolvers/zod";
import {
  useForm,
  type DefaultValues,
  type FieldValues,
  type Path,
  type UseFormRegister,
  type UseFormReturn,
} from "react-hook-form";
import type { $ZodType } from "zod/v4/core";

import { asProblem, type Problem } from "./problem";

let pressed = false;
let released: (() => void)[] = [];

function release(): void {
  pressed = false;
  // The click comes after the release, as a task of its own.
  const waiting = released;
  released = [];
  setTimeout(() => waiting.forEach((go) => go()));
}

window.addEventListener("pointerdown", () => (pressed = true), true);
window.addEventListener("pointerup", release, true);
window.addEventListener("pointercancel", release, true);

/** A press leaves a field before its click arrives: a message shown between the two would move what is pressed. */
async function afterThePress(): Promise<void> {
  if (pressed) await new Promise<void>((resolve) => released.push(resolve));
}

/**
 * A form whose values are checked by one zod schema, on leaving a field and on sending.
 * A field that was and stays empty is left without a word until the form is sent.
 */
export function useZodForm<Values extends FieldValues>(
  schema: $ZodType<Values, Values>,
  defaultValues: DefaultValues<Values>,
): UseFormReturn<Values> {
  const check = zodResolver(schema);
  const form = useForm<Values>({
    resolver: async (values, context, options) => {
      await afterThePress();
      return check(values, context, options);
    },
    defaultValues,
    mode: "onTouched",
  });
  const register: UseFormRegister<Values> = (name, options) => {
    const wires = form.register(name, options);
    return {
      ...wires,
      onBlur: async (event: { target: unknown; type?: unknown }) => {
        const field = event.target;
        const empty = (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.value === "";
        if (empty && form.getFieldState(name).error === undefined && isBlank(defaultValues, name)) return;
        await wires.onBlur(event);
      },
    };
  };
  return { ...form, register };
}

function isBlank(defaults: object, name: string): boolean {
  const value: unknown = name.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], defaults);
  return value === undefined || value === null || value === "";
}

/** Puts the server's field errors beside their fields; what names no field here goes to the form's head. */
export function showRefusal<Values extends FieldValues>(form: UseFormReturn<Values>, error: unknown): Problem {
  const problem = asProblem(error);
  const known = new Set(Object.keys(form.getValues()));
  let placed = false;
  for (const { field, hint, code } of problem.errors) {
    const name = field.split(".").at(-1) ?? field;
    if (!known.has(name)) continue;
    form.setError(name as Path<Values>, { type: code, message: hint }, { shouldFocus: !placed });
    placed = true;
  }
  if (!placed) form.setError("root", { type: problem.code, message: problem.said });
  return problem;
}
