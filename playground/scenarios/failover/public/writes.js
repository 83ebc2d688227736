// Counts the writes of this page, and notes each change of the master.

const count = (id) => {
	const element = document.getElementById(id);
	element.textContent = Number(element.textContent) + 1;
};
let epoch;

document.addEventListener('answer', ({ detail: state }) => {
	count('taken');
	if (state.epoch !== epoch || state.tries > 1) {
		const line = document.createElement('li');
		const tries = state.tries > 1 ? `, at try ${state.tries} after ${state.took}` : '';
		line.textContent = `epoch ${state.epoch}: ${state.master}${tries}`;
		document.getElementById('switches').prepend(line);
		document.querySelector('#switches li:nth-child(7)')?.remove();
	}
	epoch = state.epoch;
});
document.addEventListener('failure', () => count('failed'));
