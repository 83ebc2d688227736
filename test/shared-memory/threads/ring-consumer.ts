import { RequestRing } from '../../../src/shared-memory/request-ring.ts';
import { sleepUntilWoken } from './until-woken.ts';

type Task = { ring: SharedArrayBuffer; control: SharedArrayBuffer; answers: SharedArrayBuffer };

/**
 * Pops until `control[0]` is set; answers each entry by counting up `answers[entry]`, then `control[1]`. Reports how
 * many it got. Who is not woken sleeps for ever.
 */
export default function (data: Task): number {
	sleepUntilWoken();
	const ring = new RequestRing(data.ring);
	const control = new Int32Array(data.control);
	const answers = new Int32Array(data.answers);
	const mustEnd = () => Atomics.load(control, 0) !== 0;

	let popped = 0;
	Atomics.add(control, 2, 1);
	Atomics.notify(control, 2);
	for (let slot = ring.pop(mustEnd); slot !== undefined; slot = ring.pop(mustEnd)) {
		popped++;
		Atomics.add(answers, slot, 1);
		Atomics.add(control, 1, 1);
		Atomics.notify(control, 1);
	}
	return popped;
}
