// A plain subscriber of NATS: takes whatever is written into buckets, and does nothing with it.
import { connect } from '@nats-io/transport-node';

const client = await connect({ servers: process.argv[2] });
let bytes = 0;
client.subscribe('$KV.>', {
	callback: (_error, { data }) => {
		bytes += data.length;
	},
});
await client.flush();
console.log('ready');
process.on('exit', () => console.log(bytes));
