package dev.muster.http;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Ten hosts that differ in what requests look at. Hosts 1, 2, 3 and 6 are agents on record; 4 is a
 * proxy; 5 has no agent on record; 7 no system, 8 no known cloud area; 9 and 10 one address.
 */
final class SmallFleet {

  private SmallFleet() {}

  static void insert(JdbcClient jdbc) {
    jdbc.sql(
            """
            insert into cloud (id, name) values (1, 'Edge 云');
            insert into host (id, business_id, cloud_id, inner_ip, inner_ipv6, os_type, node_type, name, agent_id,
              node_from, addressing, is_manual, install_channel_id, ap_id, set_ids, module_ids) values
              (1, 2, 0, '10.0.0.1', null, 'LINUX', 'AGENT', 'web-1', 'a-1',
                'CMDB', 'static', false, null, null, '{21}', '{211}'),
              (2, 2, 1, '10.0.0.2', 'fe80::2', 'LINUX', 'AGENT', 'web_2', 'a-2',
                'EXCEL', 'dynamic', true, 7, null, '{22}', '{221}'),
              (3, 3, 1, '10.0.0.3', null, 'WINDOWS', 'PAGENT', '100%', null,
                'NODE_MAN', 'static', false, 8, null, '{31}', '{}'),
              (4, 3, 1, '10.0.0.4', null, '', 'PROXY', 'proxy', 'p-4',
                'NODE_MAN', 'static', false, null, null, '{}', '{}'),
              (5, 3, 0, '10.0.0.5', null, 'AIX', 'AGENT', '', null, 'CMDB', 'static', false, null, 12, '{}', '{}'),
              (6, 1, 0, '10.0.0.6', null, 'LINUX', 'AGENT', 'a\\b', 'A-6',
                'NODE_MAN', 'static', false, null, null, '{}', '{}'),
              (7, 9, 0, '10.0.0.7', null, '', 'AGENT', '', null, 'CMDB', 'static', false, null, null, '{}', '{}'),
              (8, 9, 77, '10.0.0.8', null, 'LINUX', 'AGENT', '', null, 'CMDB', 'static', false, null, null, '{}', '{}'),
              (9, 2, 1, '10.0.0.9', null, 'LINUX', 'AGENT', '', null, 'CMDB', 'static', false, null, null, '{}', '{}'),
              (10, 2, 1, '10.0.0.9', null, 'LINUX', 'AGENT', '', null, 'CMDB', 'static', false, null, null, '{}', '{}');
            insert into process (host_id, kind, name, status, version, source_id) values
              (1, 'AGENT', 'gse_agent', 'RUNNING', '1.0', null),
              (2, 'AGENT', 'gse_agent', 'TERMINATED', '2.0', null),
              (3, 'AGENT', 'gse_agent', 'RUNNING', '', null),
              (4, 'AGENT', 'gse_agent', 'RUNNING', '1.0', null),
              (6, 'AGENT', 'gse_agent', 'UNKNOWN', '1.0', null),
              (1, 'PLUGIN', 'basereport', 'RUNNING', '1.0', 's1'),
              (2, 'PLUGIN', 'basereport', 'TERMINATED', '', 's2'),
              (2, 'PLUGIN', 'exceptionbeat', 'RUNNING', '2.0', 's2'),
              (3, 'PLUGIN', 'exceptionbeat', 'RUNNING', '1.0', 's1')
            """)
        .update();
  }
}
