/** A refusal with the code that the host would give, without the cost of a stack trace. */
export function refusal(code: string): { code: string } {
	return { code };
}

export function codeOf(error: unknown): string | undefined {
	return typeof error === 'object' && error !== null ? (error as { code?: string }).code : undefined;
}
