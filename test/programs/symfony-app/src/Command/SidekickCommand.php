<?php
namespace App\Command;

use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** Publishes the flags of a file, whenever it changes. */
#[AsCommand(name: 'app:sidekick')]
final class SidekickCommand extends Command
{
	public function __construct(private string $projectDir)
	{
		parent::__construct();
	}

	protected function execute(InputInterface $input, OutputInterface $output): int
	{
		$output->writeln('watching the flags');
		while (!frankenphp_sidekick_should_stop()) {
			frankenphp_sidekick_set_vars(json_decode(file_get_contents("$this->projectDir/config/flags.json"), true));
			usleep(20_000);
		}

		return self::SUCCESS;
	}
}
