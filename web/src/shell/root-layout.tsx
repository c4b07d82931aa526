import { Outlet } from "@tanstack/react-router";

import { ToastPlace } from "@/ui/toast";

export function RootLayout() {
  return (
    <>
      <Outlet />
      <ToastPlace />
    </>
  );
}
