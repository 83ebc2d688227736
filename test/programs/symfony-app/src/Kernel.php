<?php
namespace App;

use App\Controller\Shop;
use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Bundle\TwigBundle\TwigBundle;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

final class Kernel extends BaseKernel
{
	use MicroKernelTrait;

	public function registerBundles(): iterable
	{
		return [new FrameworkBundle(), new TwigBundle()];
	}

	public function getProjectDir(): string
	{
		return dirname(__DIR__);
	}

	private function configureContainer(ContainerConfigurator $container): void
	{
		$container->extension('framework', [
			'secret' => 'of the tests',
			'http_method_override' => false,
			'router' => ['utf8' => true],
			'session' => [
				'storage_factory_id' => 'session.storage.factory.native',
				'handler_id' => 'session.handler.native_file',
				'save_path' => '%kernel.project_dir%/var/sessions',
			],
		]);
		$container->extension('twig', ['default_path' => '%kernel.project_dir%/templates']);
		$container->services()
			->defaults()->autowire()->autoconfigure()->bind('$projectDir', '%kernel.project_dir%')
			->load('App\\', __DIR__ . '/{Command,Controller,Service}');
	}

	private function configureRoutes(RoutingConfigurator $routes): void
	{
		$routes->add('list', '/')->controller([Shop::class, 'list']);
		$routes->add('article', '/article/{slug<[a-z-]+>}')->controller([Shop::class, 'article']);
		$routes->add('basket', '/basket')->controller([Shop::class, 'basket'])->methods(['GET', 'POST']);
		$routes->add('upload', '/upload')->controller([Shop::class, 'upload'])->methods(['POST']);
		$routes->add('flags', '/flags')->controller([Shop::class, 'flags']);
		$routes->add('opcache', '/opcache')->controller([Shop::class, 'opcache']);
		$routes->add('broken', '/broken')->controller([Shop::class, 'broken']);
	}
}
