import { TimelineModel } from '../timeline/index.ts';

/** What has happened since the app was started. */
export const timeline = new TimelineModel();
