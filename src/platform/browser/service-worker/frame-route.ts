/** A request that an app has to answer. */
export type FrameRoute = {
	readonly pageId: string;
	/** Path of the URL below which the app is seen, with a slash at its end. */
	readonly prefix: string;
	/** The URL as the app sees it. */
	readonly appUrl: string;
};

/** The folder of the routes, below the scope. */
export const ROUTES = 'php/';

/** Ids of pages: what needs no escape in a URL. */
export const PAGE_ID = /^[\w-]{1,64}$/;

/**
 * The route of a URL `<scope>php/<pageId>/<path>?<query>`; undefined when it is none.
 *
 * @param scope URL of the service worker's scope, with a slash at its end
 */
export function routeOf(url: URL, scope: URL): FrameRoute | undefined {
	const folder = scope.pathname + ROUTES;
	if (url.origin !== scope.origin || !url.pathname.startsWith(folder)) return undefined;
	const rest = url.pathname.slice(folder.length);
	const slash = rest.indexOf('/');
	if (slash < 0) return undefined;
	const pageId = rest.slice(0, slash);
	if (!PAGE_ID.test(pageId)) return undefined;
	const prefix = `${folder}${pageId}/`;
	return { pageId, prefix, appUrl: `${scope.origin}/${rest.slice(slash + 1)}${url.search}` };
}

/**
 * The route of a URL such as `/style.css` that an app's page has requested without knowing its route: the requesting
 * page tells. Undefined when that is not an app's page.
 */
export function routeByReferrer(url: URL, referrer: string, scope: URL): FrameRoute | undefined {
	if (url.origin !== scope.origin || !referrer.startsWith(scope.origin)) return undefined;
	const from = routeOf(new URL(referrer), scope);
	return from && { ...from, appUrl: `${scope.origin}${url.pathname}${url.search}` };
}

/** A `Location` of the app as the browser has to see it: what is inside the app stays below the route. */
export function seenLocation(location: string, route: FrameRoute): string {
	const target = URL.parse(location, route.appUrl);
	if (target === null || target.origin !== new URL(route.appUrl).origin) return location;
	if (!target.pathname.startsWith(route.prefix)) target.pathname = route.prefix + target.pathname.slice(1);
	return target.href;
}
