// Menus come in a chunk of their own, fetched beside the page: until they are there, the trigger is shown, and
// whoever presses it meanwhile finds the menu open when it comes.
import { cloneElement, lazy, Suspense, useState, type ReactElement, type ReactNode } from "react";

import type { MenuCheckProps, MenuItemProps } from "./menu-parts";

const parts = import("./menu-parts");
const Root = lazy(() => parts.then((all) => ({ default: all.Menu })));
const Item = lazy(() => parts.then((all) => ({ default: all.MenuItem })));
const Checked = lazy(() => parts.then((all) => ({ default: all.MenuCheck })));
const Line = lazy(() => parts.then((all) => ({ default: all.MenuLine })));

export function Menu({ trigger, children }: { trigger: ReactElement<{ onClick?: () => void }>; children: ReactNode }) {
  const [asked, setAsked] = useState(false);
  return (
    <Suspense fallback={cloneElement(trigger, { onClick: () => setAsked(true) })}>
      <Root trigger={trigger} opened={asked}>
        <Suspense>{children}</Suspense>
      </Root>
    </Suspense>
  );
}

export function MenuItem(props: MenuItemProps) {
  return <Item {...props} />;
}

export function MenuCheck(props: MenuCheckProps) {
  return <Checked {...props} />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className="label px-8 py-5">{children}</div>;
}

export function MenuLine() {
  return <Line />;
}
