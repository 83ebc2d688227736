/** The live timeline. `feed = new TimelineModel()`, `<Timeline source={feed} />`, `feed.push(events)`. */
export { TimelineModel } from './model/model.ts';
export type { Item, Lane } from './model/records.ts';
export { Timeline, type TimelineProps } from './timeline.tsx';
export { describe, type ItemDetails, spokenText, titleOf } from './view/items.ts';
export { TimelineView, type TimelineViewOptions } from './view/timeline-view.ts';
