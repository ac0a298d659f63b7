use tokio::task::JoinSet;

/// Runs a task for every item, `jobs` at a time; results in the order of the items.
pub(in crate::engine) async fn parallel<T, R, F, A>(items: Vec<T>, jobs: usize, task: F) -> Vec<R>
where
    F: Fn(T) -> A,
    A: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let mut waiting = items.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut done: Vec<(usize, R)> = Vec::new();
    loop {
        while running.len() < jobs.max(1)
            && let Some((index, item)) = waiting.next()
        {
            let work = task(item);
            running.spawn(async move { (index, work.await) });
        }
        match running.join_next().await {
            Some(Ok(result)) => done.push(result),
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => break,
        }
    }
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn results_keep_the_order_of_their_items() {
        let results = parallel(vec![30_u64, 1, 20], 2, |wait| async move {
            tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
            wait
        });
        assert_eq!(results.await, [30, 1, 20]);
    }
}
