// autocannon.mjs URL CONNECTIONS SECONDS: prints the figures that load.mjs needs.
import autocannon from 'autocannon';

const [url, connections, duration] = process.argv.slice(2);
const { requests, non2xx, errors } = await autocannon({ url, connections: +connections, duration: +duration });
console.log(JSON.stringify({ requests: requests.average, non2xx, errors }));
