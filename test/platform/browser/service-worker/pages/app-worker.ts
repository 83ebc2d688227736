import { answerFrame } from '../../../../../src/platform/browser/page/answer-frame.ts';
import { CookieJar } from '../../../../../src/platform/browser/page/cookie-jar.ts';
import { app } from './app.ts';

const cookies = new CookieJar();
globalThis.onmessage = ({ data }: MessageEvent<MessagePort>) => answerFrame(data, app, cookies);
