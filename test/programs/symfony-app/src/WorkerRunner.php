<?php
namespace App;

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpKernel\HttpKernelInterface;
use Symfony\Component\HttpKernel\TerminableInterface;
use Symfony\Component\Runtime\RunnerInterface;

/** Lets one kernel answer one request after another. */
final class WorkerRunner implements RunnerInterface
{
	public function __construct(private HttpKernelInterface $kernel)
	{
	}

	public function run(): int
	{
		ignore_user_abort(true);
		// What the kernel's services expect is what they would find in a script of one request.
		$own = array_filter($_SERVER, static fn (string $key): bool => !str_starts_with($key, 'HTTP_'), ARRAY_FILTER_USE_KEY);
		do {
			$request = $response = null;
			$goesOn = frankenphp_handle_request(function () use ($own, &$request, &$response): void {
				$_SERVER += $own;
				$request = Request::createFromGlobals();
				$response = $this->kernel->handle($request);
				$response->send();
			});
			if ($request !== null && $response !== null && $this->kernel instanceof TerminableInterface) {
				$this->kernel->terminate($request, $response);
			}
			gc_collect_cycles();
		} while ($goesOn);

		return 0;
	}
}
