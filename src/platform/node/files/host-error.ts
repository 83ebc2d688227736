/** A refusal as the host would word it, made without a look at the stack. */
export function refusal(code: string): { code: string } {
	return { code };
}

export function codeOf(error: unknown): string | undefined {
	return typeof error === 'object' && error !== null ? (error as { code?: string }).code : undefined;
}
