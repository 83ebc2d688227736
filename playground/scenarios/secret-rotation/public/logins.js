// Counts the logins of this page.

document.addEventListener('answer', ({ detail: state }) => {
	const count = document.getElementById(state.login);
	count.textContent = Number(count.textContent) + 1;
});
