import { Link, Outlet } from "@tanstack/react-router";

import { CubePattern, Mark } from "@/ui/cube";

import { ThemeToggle } from "./theme-toggle";

/** One narrow column over the faint line pattern. */
export function EntryLayout() {
  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <CubePattern className="pointer-events-none absolute top-1/2 left-1/2 -z-10 size-[min(160vw,1000px)] -translate-x-1/2 -translate-y-1/2 text-line" />
      <header className="flex h-55 items-center justify-between px-13 md:px-21">
        <Link to="/" className="flex items-center gap-8 text-16 font-semibold">
          <Mark size={26} /> Metatron
        </Link>
        <ThemeToggle />
      </header>
      <main className="mx-auto flex w-full max-w-[420px] flex-1 flex-col justify-center px-13 pt-21 pb-144">
        <div className="rise-in rounded-13 border border-line bg-paper p-21 sm:p-34">
          <Outlet />
        </div>
      </main>
    </div>
  );
}
