package dev.muster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.NodeType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the name of a job type says (rest.md §3.3, §4.3). */
class JobTypeTest {

  private static final Set<NodeType> AGENTS = EnumSet.of(NodeType.AGENT, NodeType.PAGENT);
  private static final Set<NodeType> PROXIES = EnumSet.of(NodeType.PROXY);

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "INSTALL_AGENT, INSTALL, INSTALL, AGENT, AGENTS",
    "INSTALL_PROXY, INSTALL, INSTALL, PROXY, PROXIES",
    "RESTART_AGENT, RESTART, RESTART, AGENT, AGENTS",
    "RESTART_PROXY, RESTART, RESTART, PROXY, PROXIES",
    "REPLACE_PROXY, REPLACE, REPLACE, PROXY, PROXIES",
    "REINSTALL_PROXY, REINSTALL, REINSTALL, PROXY, PROXIES",
    "REINSTALL_AGENT, REINSTALL, REINSTALL, AGENT, AGENTS",
    "UPGRADE_PROXY, UPGRADE, UPGRADE, PROXY, PROXIES",
    "UPGRADE_AGENT, UPGRADE, UPGRADE, AGENT, AGENTS",
    "REMOVE_AGENT, REMOVE, REMOVE, AGENT, AGENTS",
    "UNINSTALL_AGENT, UNINSTALL, UNINSTALL, AGENT, AGENTS",
    "UNINSTALL_PROXY, UNINSTALL, UNINSTALL, PROXY, PROXIES",
    "IMPORT_PROXY, IMPORT, IMPORT, PROXY, PROXIES",
    "IMPORT_AGENT, IMPORT, IMPORT, AGENT, AGENTS",
    "MAIN_START_PLUGIN, MAIN, START, PLUGIN, AGENTS",
    "MAIN_STOP_PLUGIN, MAIN, STOP, PLUGIN, AGENTS",
    "MAIN_RESTART_PLUGIN, MAIN, RESTART, PLUGIN, AGENTS",
    "MAIN_RELOAD_PLUGIN, MAIN, RELOAD, PLUGIN, AGENTS",
    "MAIN_DELEGATE_PLUGIN, MAIN, DELEGATE, PLUGIN, AGENTS",
    "MAIN_UNDELEGATE_PLUGIN, MAIN, UNDELEGATE, PLUGIN, AGENTS",
    "MAIN_INSTALL_PLUGIN, MAIN, INSTALL, PLUGIN, AGENTS",
    "MAIN_STOP_AND_DELETE_PLUGIN, MAIN, STOP_AND_DELETE, PLUGIN, AGENTS",
    "RELOAD_AGENT, RELOAD, RELOAD, AGENT, AGENTS",
    "RELOAD_PROXY, RELOAD, RELOAD, PROXY, PROXIES",
    "PACKING_PLUGIN, PACKING, PACKING, PLUGIN, AGENTS",
    "PUSH_CONFIG_PLUGIN, PUSH, PUSH_CONFIG, PLUGIN, AGENTS",
    "REMOVE_CONFIG_PLUGIN, REMOVE, REMOVE_CONFIG, PLUGIN, AGENTS",
    "MANUAL_INSTALL_AGENT, MANUAL, MANUAL_INSTALL, AGENT, AGENTS",
    "MANUAL_INSTALL_PROXY, MANUAL, MANUAL_INSTALL, PROXY, AGENTS",
    "ACTIVATE_AGENT, ACTIVATE, ACTIVATE, AGENT, AGENTS",
    "CHECK_AGENT, CHECK, CHECK, AGENT, AGENTS",
    "CHECK_PROXY, CHECK, CHECK, PROXY, PROXIES"
  })
  void a_name_says_what_is_done_to_which_hosts(
      JobType type, String operation, String verb, String subject, String hosts) {
    assertThat(type.operation()).isEqualTo(operation);
    assertThat(type.verb()).isEqualTo(verb);
    assertThat(type.subject()).isEqualTo(subject);
    assertThat(type.nodeTypes()).isEqualTo(hosts.equals("PROXIES") ? PROXIES : AGENTS);
  }

  @Test
  void there_are_the_thirty_types_of_the_existing_service_and_two_checks() {
    assertThat(JobType.values()).hasSize(32);
    assertThat(JobType.values()).allSatisfy(type -> assertThat(type.display()).isNotBlank());
    assertThat(Arrays.stream(JobType.values()).filter(JobType::onlyLooks))
        .containsExactly(JobType.CHECK_AGENT, JobType.CHECK_PROXY);
  }

  @ParameterizedTest
  @EnumSource(JobType.class)
  void the_check_of_a_type_looks_at_the_same_hosts(JobType type) {
    assertThat(type.checked().onlyLooks()).isTrue();
    assertThat(type.checked().nodeTypes()).isEqualTo(type.nodeTypes());
    assertThat(type.checked().checked()).isEqualTo(type.checked());
  }
}
