import { expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useApplication } from '../../support/use-application.ts';

const application = useApplication();

test.each(MODES)('%s: what runs programs does not exist', async (mode) => {
	expect(await application().value(mode, 'programs')).toEqual([]);
});
