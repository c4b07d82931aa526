import { useCan } from "@/kernel/me";

/** Whether one may read what happened: the audit log holds it. */
export const useMayReadHistory = () => useCan()("audit:read");
