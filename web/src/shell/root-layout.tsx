import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

// What is said is kept until this has come: no page waits for it.
const ToastPlace = lazy(() => import("@/ui/toast-place"));

export function RootLayout() {
  return (
    <>
      <Outlet />
      <Suspense fallback={null}>
        <ToastPlace />
      </Suspense>
    </>
  );
}
