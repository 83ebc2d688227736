/** Each file with the files that it imports, and with its length; paths are below src, with '/'. */
export type Graph = { files: Map<string, readonly string[]>; lines: Map<string, number> };

export function readGraph(root: string): Graph;
export function folderOf(file: string): string;
export function folderArrows(graph: Graph): Map<string, Set<string>>;
export function mutualFolders(graph: Graph): string[];
export function circles(arrows: Map<string, Iterable<string>>): string[][];
export function longestChain(graph: Graph): string[];
