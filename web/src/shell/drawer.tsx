import { Dialog } from "@/ui/dialog";

import { SideNav } from "./side-nav";
import { useUi } from "./ui-state";

const close = () => useUi.setState({ drawer: false });

/** The navigation on a phone. */
export default function Drawer() {
  return (
    <Dialog open form="side" onClose={close} title="Metatron">
      <SideNav onGo={close} />
    </Dialog>
  );
}
