<?php

declare(strict_types=1);

/** Redis has answered with an error: a replica, for example, takes no writes. */
final class RedisRefusal extends RuntimeException
{
}
