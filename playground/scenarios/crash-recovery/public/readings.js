// Counts the requests of this page, and notes how old the reading had become when a new run took over.

const count = (id) => {
	const element = document.getElementById(id);
	element.textContent = Number(element.textContent) + 1;
};
let run;
let oldest = 0;

document.addEventListener('answer', ({ detail: state }) => {
	count('answered');
	if (run !== undefined && state.run !== run) {
		const line = document.createElement('li');
		line.textContent = `${run} crashed, ${state.run} took over; oldest reading served ${oldest.toFixed(1)} s`;
		document.getElementById('runs').prepend(line);
		document.querySelector('#runs li:nth-child(5)')?.remove();
		oldest = 0;
	}
	run = state.run;
	oldest = Math.max(oldest, state.age);
});
document.addEventListener('failure', () => count('failed'));
