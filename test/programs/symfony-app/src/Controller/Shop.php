<?php
namespace App\Controller;

use App\Service\Articles;
use Symfony\Bundle\FrameworkBundle\Controller\AbstractController;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

final class Shop extends AbstractController
{
	public function __construct(private Articles $articles)
	{
	}

	public function list(Request $request): Response
	{
		return $this->render('list.html.twig', [
			'articles' => $this->articles->all(),
			'looked' => $this->articles->looked(),
			'search' => $request->query->get('search', ''),
		]);
	}

	public function article(string $slug): Response
	{
		$article = $this->articles->find($slug) ?? throw $this->createNotFoundException("There is no $slug");

		return $this->render('article.html.twig', ['article' => $article]);
	}

	public function basket(Request $request): Response
	{
		$session = $request->getSession();
		if ($request->isMethod('POST')) {
			$session->set('basket', [...$session->get('basket', []), (string) $request->request->get('slug')]);
			$this->addFlash('notice', 'In the basket now');

			return $this->redirectToRoute('basket', [], Response::HTTP_SEE_OTHER);
		}

		return $this->render('basket.html.twig', ['basket' => $session->get('basket', [])]);
	}

	public function upload(Request $request, string $projectDir): JsonResponse
	{
		$file = $request->files->get('picture');
		$told = ['name' => $file->getClientOriginalName(), 'size' => $file->getSize(), 'valid' => $file->isValid()];
		$moved = $file->move("$projectDir/var/uploads", 'picture');

		return new JsonResponse($told + ['title' => $request->request->get('title'), 'hash' => sha1_file($moved->getPathname())]);
	}

	public function flags(): JsonResponse
	{
		return new JsonResponse(frankenphp_sidekick_get_vars('app:sidekick'));
	}

	public function opcache(): JsonResponse
	{
		return new JsonResponse(opcache_get_status(false));
	}

	public function broken(): never
	{
		throw new \DomainException('broken on purpose');
	}
}
