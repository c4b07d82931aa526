import type { MessageDescriptor } from "@lingui/core";
import type { LucideIcon } from "lucide-react";

import type { Me } from "./api-types";

/** What can be made on a page, offered in the palette from everywhere. */
export interface Making {
  label: MessageDescriptor;
  to: string;
  /** Which of several things that its page makes. */
  what?: string;
  visible: (me: Me) => boolean;
  /** What an operator needs for it besides; the rights of an operator are asked for, `visible` knows only the person. */
  operatorRight?: string;
}

/** One entry of the left navigation and of the palette, told by the module that owns the page. */
export interface NavItem {
  to: string;
  label: MessageDescriptor;
  icon: LucideIcon;
  /** Pressed after "g": "g c" goes to campaigns; no two pages share one. */
  key: string;
  /** Marked as the current page on its own address only, not on those below it. */
  exact?: boolean;
  group: "work" | "amc" | "mine" | "organisation" | "account" | "operator";
  visible: (me: Me) => boolean;
  makes?: readonly Making[];
}

export function may(me: Me, ...anyOf: string[]): boolean {
  return anyOf.some((name) => me.permissions.includes(name));
}
