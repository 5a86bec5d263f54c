package dev.muster.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * Clients that post jobs one after the other, each several at once, and speak verbs to them in
 * random order. A post that is not answered is posted again with the same key, as a client would.
 */
final class Load {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);
  private static final Duration UNTIL_A_HOLD = Duration.ofSeconds(10);
  private static final int STOPPED_IN = 6;
  private static final int RETRIED_IN = 3;
  private static final int POSTED_TWICE_IN = 4;

  private final Musters musters;
  private final int hosts;
  private final long seed;
  private final Asker asker;
  private final Holds holds;
  private final Queue<RunningJob> jobs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger spoken = new AtomicInteger();
  private final AtomicReference<IntConsumer> atAcceptance = new AtomicReference<>();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, String> failures = new ConcurrentHashMap<>();
  private volatile boolean posting = true;

  Load(Musters musters, int hosts, long seed) {
    this.musters = musters;
    this.hosts = hosts;
    this.seed = seed;
    this.asker = new Asker(musters);
    this.holds = new Holds(musters, asker, hosts);
  }

  void start(int clientCount) {
    for (int i = 0; i < clientCount; i++) {
      int client = i;
      clients.execute(() -> post(client));
    }
    clients.execute(this::holdNowAndThen);
  }

  private void holdNowAndThen() {
    Random random = new Random(seed * 31 - 1);
    Instant next = Instant.now().plus(UNTIL_A_HOLD);
    while (posting) {
      if (Instant.now().isAfter(next)) {
        holds.hold(random, Duration.ofMillis(1_000 + random.nextInt(3_000)));
        spoken.addAndGet(2);
        next = Instant.now().plus(UNTIL_A_HOLD.multipliedBy(1 + random.nextInt(3)));
      }
      Asker.rest(BETWEEN_LOOKS);
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
      asker.giveUp();
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

  List<Ban> holds() {
    return holds.held();
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
      } catch (Asker.GivenUpException e) {
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
    asker.ask(
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
    follow(job, script(random), random);
    if (random.nextInt(RETRIED_IN) == 0) {
      speak(job, Verb.RETRY, random);
      follow(job, List.of(), random);
    }
    job.ended(asker.ask(random, which -> whole(musters.api(which).details(job.id()), "list")));
  }

  /** Speaks these verbs in their order while the job goes on. */
  private void follow(RunningJob job, List<Verb> verbs, Random random) {
    List<Verb> script = new ArrayList<>(verbs);
    Instant speak = Instant.now().plusMillis(random.nextInt(6_000));
    while (!job.look(
        asker.ask(random, which -> whole(musters.api(which).summary(job.id()), "status")))) {
      if (!script.isEmpty() && Instant.now().isAfter(speak)) {
        speak(job, script.removeFirst(), random);
        speak = Instant.now().plusMillis(random.nextInt(2_000));
      }
      Asker.rest(BETWEEN_LOOKS);
    }
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
    for (int i = random.nextInt(4); i > 0; i--) {
      script.add(Verb.HARMLESS.get(random.nextInt(Verb.HARMLESS.size())));
    }
    Collections.shuffle(script, random);
    for (Verb verb : List.copyOf(script)) {
      verb.undo().ifPresent(script::add);
    }
    return script;
  }

  private void speak(RunningJob job, Verb verb, Random random) {
    Set<Long> chosen = verb.chooses() ? some(job.hosts(), random) : job.hosts();
    long asked = Clock.now();
    AtomicInteger times = new AtomicInteger();
    boolean done =
        asker.ask(
            random,
            which -> {
              times.incrementAndGet();
              return verb.send(musters.api(which), job.id(), chosen);
            });
    spoken.incrementAndGet();
    if (verb.stops() && done) {
      job.stopped(chosen, Clock.now());
    }
    // What was not answered may have been done.
    if (verb.retries() && (done || times.get() > 1)) {
      job.retried(asked);
    }
  }

  private static Set<Long> some(Set<Long> hosts, Random random) {
    List<Long> shuffled = new ArrayList<>(new TreeSet<>(hosts));
    Collections.shuffle(shuffled, random);
    return Set.copyOf(shuffled.subList(0, 1 + random.nextInt(Math.min(3, shuffled.size()))));
  }
}
