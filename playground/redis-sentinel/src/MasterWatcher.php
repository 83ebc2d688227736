<?php

declare(strict_types=1);

/**
 * The sidekick: subscribes to `+switch-master` at every Sentinel that it can reach, and publishes the address of the
 * master. The first Sentinel that tells of a switch is believed: they agree before they tell.
 */
final class MasterWatcher
{
	/** Seconds of silence after which all is looked at anew: a Sentinel may have died without a word. */
	private const PATIENCE = 1.0;
	/** @var array<string, RedisConnection> by address */
	private array $subscriptions = [];
	private string $master = '';
	private int $epoch = 0;

	public function __construct(private readonly Sentinels $sentinels)
	{
	}

	public function run(): void
	{
		while (!frankenphp_sidekick_should_stop()) {
			$this->connect();
			$this->listen();
		}
	}

	/** Subscribes where there is no subscription yet, then asks who is master: what happened before cannot be missed. */
	private function connect(): void
	{
		foreach ($this->sentinels->addresses as $address) {
			if (isset($this->subscriptions[$address])) {
				continue;
			}
			try {
				$subscription = new RedisConnection($address);
				$subscription->ask('SUBSCRIBE', '+switch-master');
				$asked = new RedisConnection($address);
				$this->publish($this->askForMaster($asked), (int) $this->fact($asked, 'config-epoch'));
				$this->subscriptions[$address] = $subscription;
			} catch (RedisUnreachable | RedisRefusal) {
				// Another one will do; this one is tried again.
			}
		}
		if ($this->subscriptions === [] && $this->master === '') {
			throw new RedisUnreachable('None of the Sentinels answers: ' . implode(', ', $this->sentinels->addresses));
		}
	}

	/** The event loop: sleeps until a Sentinel has something to say. */
	private function listen(): void
	{
		$streams = array_map(static fn (RedisConnection $connection) => $connection->stream, $this->subscriptions);
		if ($streams === []) {
			usleep((int) (self::PATIENCE * 1e6));
			return;
		}
		$none = null;
		if (!@stream_select($streams, $none, $none, (int) self::PATIENCE)) {
			return;
		}
		foreach (array_keys($streams) as $address) {
			try {
				do {
					$this->hear($this->subscriptions[$address]->receive());
				} while ($this->subscriptions[$address]->hasBuffered());
			} catch (RedisUnreachable) {
				unset($this->subscriptions[$address]);
			}
		}
	}

	/** `["message", "+switch-master", "mymaster OLD-HOST OLD-PORT NEW-HOST NEW-PORT"]` */
	private function hear(mixed $message): void
	{
		if (!is_array($message) || $message[0] !== 'message') {
			return;
		}
		[$name, $oldHost, $oldPort, $host, $port] = explode(' ', $message[2]) + ['', '', '', '', ''];
		// A slow Sentinel may still tell of the switch before the last one: that one does not lead away from our master.
		if ($name === $this->sentinels->master && "$oldHost:$oldPort" === $this->master) {
			$this->publish("$host:$port", $this->epoch + 1);
		}
	}

	private function publish(string $master, int $epoch): void
	{
		if ($epoch < $this->epoch || $master === $this->master) {
			return;
		}
		[$this->master, $this->epoch] = [$master, $epoch];
		frankenphp_sidekick_set_vars(['address' => $master, 'epoch' => (string) $epoch, 'at' => sprintf('%.6f', microtime(true))]);
	}

	private function askForMaster(RedisConnection $sentinel): string
	{
		return implode(':', $sentinel->ask('SENTINEL', 'get-master-addr-by-name', $this->sentinels->master));
	}

	private function fact(RedisConnection $sentinel, string $name): string
	{
		$facts = $sentinel->ask('SENTINEL', 'master', $this->sentinels->master);
		$at = array_search($name, $facts, true);
		return $at === false ? '0' : (string) $facts[$at + 1];
	}
}
