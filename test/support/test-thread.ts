/** A thread of a test: its one report can be waited for; `stop` ends it whatever it does. */
export type TestThread<Report> = { report: Promise<Report>; stop(): Promise<void> };

/**
 * What a thread's script exports as default: it may block as long as it likes. What it returns is the report; one that
 * never returns calls `report`.
 */
export type ThreadScript = (data: never, report: (report: unknown) => void) => unknown;
