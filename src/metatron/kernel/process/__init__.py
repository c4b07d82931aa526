"""Run the suite's processes: embedded PostgreSQL, supervisor, progress, refusals in one line.

    async def up(data_dir: Path, port: int, progress: Progress) -> None:
        require_free_port(port)
        database = EmbeddedPostgres(data_dir, notice=progress.note)
        with progress.step("database files"):
            database.prepare()
        try:
            async with Supervisor(data_dir / "logs", progress) as supervisor:
                await supervisor.start(database.child())
                with progress.step("migrations"):
                    await database.ensure_roles()
                    await migrate(database.dsn("metatron_owner"))
                web = python("-m", "metatron", "serve", "--port", str(port))
                await supervisor.start(
                    Child("worker", python("-m", "metatron", "work"), depends_on=("database",)),
                    Child("web", web, ready=answers(port), depends_on=("database",)),
                )
                progress.note(f"ready: http://127.0.0.1:{port}")
                await supervisor.wait()          # until Ctrl-C or SIGTERM; then all end in order
        finally:
            database.release()

Run it with `asyncio.run` in the main thread, catch `ProcessError`, report it with
`progress.failure(error)` and leave with status 1.
"""
