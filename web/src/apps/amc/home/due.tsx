import { Link } from "@tanstack/react-router";

import { formatShort } from "@/kernel/time";
import { Sheet } from "@/ui/page";

import type { Home } from "../types";

/** What fires within a day, the soonest first. */
export function Due({ home }: { home: Home }) {
  return (
    <Sheet>
      <ul className="text-12">
        {home.due_24h.map(({ id, name, instance, next_fire_at }) => (
          <li key={id} className="border-b border-line px-13 py-8 last:border-0">
            <Link to="/amc/runs/schedules/$scheduleId" params={{ scheduleId: id }} className="font-medium hover:underline">
              {name}
            </Link>
            <p className="label">
              {formatShort(next_fire_at)} · {instance}
            </p>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
