/** A thread of a test: its one report can be waited for; `stop` ends it whatever it does. */
export type TestThread<Report> = { report: Promise<Report>; stop(): Promise<void> };

/** What a thread's script exports as default: it may block as long as it likes; what it returns is the report. */
export type ThreadScript = (data: never) => unknown;
