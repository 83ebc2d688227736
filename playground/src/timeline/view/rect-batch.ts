/** Rectangles of one colour, drawn together: changing the colour costs more than a rectangle. */
export class RectBatch {
	#numbers = new Float32Array(1024);
	#count = 0;

	add(x: number, y: number, width: number, height: number): void {
		if (this.#count + 4 > this.#numbers.length) {
			const larger = new Float32Array(this.#numbers.length * 2);
			larger.set(this.#numbers);
			this.#numbers = larger;
		}
		const numbers = this.#numbers;
		let at = this.#count;
		numbers[at++] = x;
		numbers[at++] = y;
		numbers[at++] = width;
		numbers[at++] = height;
		this.#count = at;
	}

	/** Draws all, and is empty. */
	flush(context: CanvasRenderingContext2D, style: string | CanvasPattern): void {
		if (this.#count === 0) return;
		context.fillStyle = style;
		const numbers = this.#numbers;
		for (let i = 0; i < this.#count; i += 4) {
			context.fillRect(numbers[i] ?? 0, numbers[i + 1] ?? 0, numbers[i + 2] ?? 0, numbers[i + 3] ?? 0);
		}
		this.#count = 0;
	}
}
