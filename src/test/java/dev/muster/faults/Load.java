package dev.muster.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * Clients that post jobs one after the other, each several at once, and speak verbs to them in
 * random order. A post that is not answered is posted again with the same key, as a client would.
 */
final class Load {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);
  private static final int STOPPED_IN = 6;
  private static final int POSTED_TWICE_IN = 4;

  private final Musters musters;
  private final int hosts;
  private final long seed;
  private final List<Verb> verbs;
  private final Queue<RunningJob> jobs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger spoken = new AtomicInteger();
  private final AtomicReference<IntConsumer> atAcceptance = new AtomicReference<>();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, String> failures = new ConcurrentHashMap<>();
  private volatile boolean posting = true;
  private volatile boolean waiting = true;

  Load(Musters musters, int hosts, long seed) {
    this.musters = musters;
    this.hosts = hosts;
    this.seed = seed;
    this.verbs = Verb.known(musters.api(0));
  }

  void start(int clientCount) {
    for (int i = 0; i < clientCount; i++) {
      int client = i;
      clients.execute(() -> post(client));
    }
  }

  /** Calls this with the muster that accepts the next job, right after its answer. */
  void atNextAcceptance(IntConsumer action) {
    atAcceptance.set(action);
  }

  boolean awaitsAcceptance() {
    return atAcceptance.get() != null;
  }

  /** Calls nothing any more; answers whether it was still to be called. */
  boolean withdraw() {
    return atAcceptance.getAndSet(null) != null;
  }

  /** Posts no more, and waits for what was posted for so long. */
  void finish(Duration grace) {
    posting = false;
    clients.shutdown();
    try {
      clients.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
      waiting = false;
      clients.awaitTermination(2, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  List<RunningJob> jobs() {
    return List.copyOf(jobs);
  }

  /** Jobs that their client could not follow, by its own fault. */
  Map<String, String> failures() {
    return Map.copyOf(failures);
  }

  /** How many verbs muster has answered, with yes or no. */
  int spoken() {
    return spoken.get();
  }

  private void post(int client) {
    Random random = new Random(seed * 31 + client);
    for (int n = 0; posting; n++) {
      RunningJob job = job(random, "faults-" + seed + "-" + client + "-" + n);
      jobs.add(job);
      try {
        submit(job, random);
        if (random.nextInt(POSTED_TWICE_IN) == 0) {
          submit(job, random);
        }
        attend(job, random);
      } catch (GivenUpException e) {
        // The judge sees a job without an end.
        return;
      } catch (RuntimeException e) {
        failures.put(job.key(), e.toString());
      }
    }
  }

  private RunningJob job(Random random, String key) {
    List<Long> ids = new ArrayList<>(LongStream.rangeClosed(1, hosts).boxed().toList());
    Collections.shuffle(ids, random);
    Set<Long> chosen =
        new HashSet<>(ids.subList(0, Math.max(1, hosts / 3) + random.nextInt(hosts / 2)));
    int window = 1 + random.nextInt(hosts);
    return new RunningJob(key, chosen, window, random.nextInt(3), Clock.now());
  }

  private void submit(RunningJob job, Random random) {
    ask(
        random,
        which -> {
          long id = musters.api(which).operate(job.request(), "Idempotency-Key", job.key());
          job.accepted(id);
          IntConsumer action = atAcceptance.getAndSet(null);
          if (action != null) {
            action.accept(which);
          }
          return id;
        });
  }

  private void attend(RunningJob job, Random random) {
    List<Verb> script = script(random);
    Instant speak = Instant.now().plusMillis(random.nextInt(6_000));
    while (!job.look(ask(random, which -> whole(musters.api(which).summary(job.id()), "status")))) {
      if (!script.isEmpty() && Instant.now().isAfter(speak)) {
        speak(job, script.removeFirst(), random);
        speak = Instant.now().plusMillis(random.nextInt(2_000));
      }
      rest(BETWEEN_LOOKS);
    }
    job.ended(ask(random, which -> whole(musters.api(which).details(job.id()), "list")));
  }

  /** Null if that was only an apology. */
  private static JsonNode whole(JsonNode data, String part) {
    return data != null && data.has(part) ? data : null;
  }

  /** A few verbs in random order, a stop seldom; then whatever lets the job go on. */
  private List<Verb> script(Random random) {
    List<Verb> script = new ArrayList<>();
    if (random.nextInt(STOPPED_IN) == 0) {
      script.add(Verb.STOP);
      script.add(Verb.STOP);
    }
    List<Verb> others = verbs.stream().filter(verb -> !verb.equals(Verb.STOP)).toList();
    for (int i = random.nextInt(3); i > 0 && !others.isEmpty(); i--) {
      script.add(others.get(random.nextInt(others.size())));
    }
    Collections.shuffle(script, random);
    for (Verb verb : List.copyOf(script)) {
      verbs.stream().filter(undo -> undo.name().equals(verb.undo())).forEach(script::add);
    }
    return script;
  }

  private void speak(RunningJob job, Verb verb, Random random) {
    Verb.Answer answer = ask(random, which -> verb.send(musters.api(which), job.id()));
    spoken.incrementAndGet();
    if (verb.equals(Verb.STOP) && answer == Verb.Answer.DONE) {
      job.stopped(Clock.now());
    }
  }

  private static final class GivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Asks one muster after the other until one answers what was asked. */
  private <T> T ask(Random random, Function<Integer, T> question) {
    while (waiting) {
      for (int which : musters.shuffled(random)) {
        Optional<T> answer = ask(which, question);
        if (answer.isPresent()) {
          return answer.get();
        }
      }
      rest(BETWEEN_LOOKS);
    }
    throw new GivenUpException();
  }

  /** Empty where nobody answers, or only that it cannot just now. */
  private static <T> Optional<T> ask(int which, Function<Integer, T> question) {
    try {
      return Optional.ofNullable(question.apply(which));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static void rest(Duration pause) {
    try {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
