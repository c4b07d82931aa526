import { zodResolver } from "@hookform/resolvers/zod";
import { useForm, type DefaultValues, type FieldValues, type Path, type UseFormReturn } from "react-hook-form";
import type { $ZodType } from "zod/v4/core";

import { asProblem, type Problem } from "./problem";

/** A form whose values are checked by one zod schema, on leaving a field and on sending. */
export function useZodForm<Values extends FieldValues>(
  schema: $ZodType<Values, Values>,
  defaultValues: DefaultValues<Values>,
): UseFormReturn<Values> {
  return useForm<Values>({ resolver: zodResolver(schema), defaultValues, mode: "onTouched" });
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
