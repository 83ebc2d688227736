<?php
namespace App;

use Symfony\Component\HttpKernel\HttpKernelInterface;
use Symfony\Component\Runtime\RunnerInterface;
use Symfony\Component\Runtime\SymfonyRuntime;

/** Symfony's own, and a runner for workers: Debian's symfony/runtime is older than FrankenPHP. */
final class Runtime extends SymfonyRuntime
{
	public function getRunner(?object $application): RunnerInterface
	{
		return $application instanceof HttpKernelInterface && isset($_SERVER['FRANKENPHP_WORKER'])
			? new WorkerRunner($application)
			: parent::getRunner($application);
	}
}
