import { signal } from '@preact/signals';

/** The panels; on a narrow page one is shown at a time. */
export type PanelName = 'code' | 'app' | 'timeline' | 'requests' | 'sidekicks' | 'log';

/** The one that a narrow page shows. */
export const activePanel = signal<PanelName>('app');

/** The one that has a wide page for itself; undefined = all are shown. */
export const wholePanel = signal<PanelName | undefined>(undefined);
