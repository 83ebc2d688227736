import { useEffect, useState } from 'preact/hooks';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** The time, milliseconds since 1970; renders the component again this often, less often with reduced motion. */
export function useNow(every: number): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), calm.matches ? Math.max(every, 1000) : every);
		return () => clearInterval(timer);
	}, [every]);
	return now;
}
