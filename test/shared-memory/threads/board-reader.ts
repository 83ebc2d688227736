import { type BoardBuffers, SidekickBoard } from '../../../src/shared-memory/sidekick-board.ts';
import { stampOf } from './stamp.ts';

export type ReaderReport = { reads: number; different: number; torn: number; backwards: number };
type Task = {
	board: BoardBuffers;
	slot: number;
	/** Of the slot; a sole one stamps with the version. */
	writers: number;
	reads: number;
	different: number;
	largest: number;
};

/** Reads until it has done enough reads and seen enough different snapshots; then reports. */
export default function (data: Task): ReaderReport {
	const board = new SidekickBoard(data.board);
	const handle = board.handle(data.slot);
	const copy = new ArrayBuffer(data.largest);
	const report: ReaderReport = { reads: 0, different: 0, torn: 0, backwards: 0 };

	for (let last = 0; report.reads < data.reads || report.different < data.different; ) {
		const { version, length } = board.snapshots(handle)?.read((wanted) => new Uint8Array(copy, 0, wanted)) ?? {
			version: 0,
			length: 0,
		};
		if (version === 0) continue;
		report.reads++;
		if (version < last) report.backwards++;
		if (version !== last) report.different++;
		last = version;
		const stamp = stampOf(new Int32Array(copy, 0, length / 4));
		if (stamp === -1 || (data.writers === 1 && stamp !== version)) report.torn++;
	}
	return report;
}
