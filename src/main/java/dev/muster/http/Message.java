package dev.muster.http;

import dev.muster.projection.Language;
import java.util.Locale;

/** What the edge says, in both languages: one row for each sentence (rest.md §8). */
enum Message {
  NO_SUCH_JOB("不存在ID为%d的任务", "No job with id %d exists"),
  NO_SUCH_HOST("主机不存在", "Host does not exist"),
  NO_SUCH_INSTANCE("instance_id: %s 不是该任务的实例", "instance_id: %s is no instance of this job"),
  NO_SUCH_PAGE(
      "当前页数(page): 1.共 %1$d 页，请填写 1 到 %1$d。 ", "page: there are %1$d pages; send 1 to %1$d"),
  NOTHING_TO_CHANGE("没有需要变更的实例", "No instance to change"),
  NOT_PERMITTED("当前用户无 [%s] 权限", "The current user has no [%s] permission"),
  BUSY(
      "on_busy: %d 台主机正被其他任务占用，例如 %s 被任务 %d 占用；请等待，或改用 queue、skip",
      "on_busy: %d of the hosts are held by other jobs, such as %s by job %d; wait, or ask for queue or skip"),
  STEPS_CHANGED(
      "runbook: 当前流程的步骤与该任务的不同，请新建任务",
      "runbook: the current runbook has other steps than the job's own; begin a new job"),
  NOT_A_WORD(
      "%s: 应为最多 64 个字母、数字和 . _ + ~ -，而不是 %s",
      "%s: it must be at most 64 letters, digits and . _ + ~ -, not %s"),
  BAD_PACKAGE("安装包: %s", "the package: %s"),
  NO_SUCH_PACKAGE("不存在ID为%d的安装包", "No package with id %d exists"),
  PACKAGES_NEED_ADMIN(
      "安装包由所有业务的管理员管理", "packages are kept by who is administrator of all businesses"),
  NOT_NOW("现在不能这样做: %s", "Not now: %s"),
  VIEW_JOBS("任务历史查看", "Task history view"),

  REQUIRED("该字段是必填项。", "This field is required."),
  AT_LEAST_ONE("请确保该值大于或者等于 1。", "Ensure this value is greater than or equal to 1."),
  NOT_A_CHOICE("“%s” 不是合法选项。", "\"%s\" is not a valid choice."),
  NOT_A_TIME(
      "日期时间格式错误。请从这些格式中选择：YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]。",
      "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."),
  PAGE_SIZE("请填写 1 到 %d。", "Send 1 to %d."),
  CHUNK_SIZE(
      "请填写 1 到 %d；GET /api/inventory/export 给出全部主机。",
      "Send 1 to %d; GET /api/inventory/export gives all hosts."),
  PAGE_SIZE_OR_ALL("请填写 -1（全部），或 1 到 %d。", "Send -1 for all, or 1 to %d."),
  NOT_A_CONDITION(
      "搜索条件(conditions): %s 应为 {\"key\": …, \"value\": …}",
      "conditions: %s is not {\"key\": …, \"value\": …}"),
  NOT_A_VALUE(
      "搜索条件(conditions): %s 的值应为文本或文本列表，而不是 %s",
      "conditions: %s takes text or a list of texts, not %s"),
  TOO_MANY_CONDITIONS("搜索条件(conditions): 最多 %d 个", "conditions: at most %d"),
  TOO_MANY_PARTS(
      "%s: 最多 %d 个不完整的 IP；完整的 IP 不限",
      "%s: at most %d parts of addresses; whole addresses are not limited"),

  NULL("该字段不能为 null。", "This field may not be null."),
  NOT_A_LIST("期望为一个包含物件的列表，得到的类型是“%s”。", "Expected a list of items but got type \"%s\"."),
  NOT_AN_INTEGER("请填写合法的整数值。", "A valid integer is required."),
  NOT_AN_INTEGER_IN_LIST("请填写合法的整数值。 %s", "A valid integer is required. %s"),
  NOT_A_BOOLEAN("Must be a valid boolean.", "Must be a valid boolean."),
  BLANK("该字段不能为空。", "This field may not be blank."),
  NOT_A_STRING("Not a valid string.", "Not a valid string."),
  NOT_AN_IPV4("输入一个有效的 IPv4 地址。", "Enter a valid IPv4 address."),
  NOT_AN_IPV6("输入一个有效的 IPv6 地址。", "Enter a valid IPv6 address."),
  NOT_A_DICTIONARY("无效数据。期待为字典类型，得到的是 %s 。", "Invalid data. Expected a dictionary, but got %s."),
  ITEM("第%d项:", "Item %d:"),
  OUT_OF_RANGE("应为 %2$s 到 %3$s，而不是 %1$s。", "It is %s, it must be %s to %s."),
  TEXT_TOO_LONG("文本长度为 %d，最多 %d。", "The text has %d characters, at most %d."),
  TEXT_WITH_NUL("不能含有空字符 (NUL)。", "The text must not contain NUL."),
  TEXT_NOT_UNICODE("含有不完整的代理对 (surrogate)。", "The text contains half of a surrogate pair."),
  TOO_MANY_VALUES("共 %d 个，最多 %d 个。", "There are %d, at most %d."),
  NOT_A_WAIT("请填写秒数，或如 30s、10m、2h。", "Give seconds, or a text such as 30s, 10m or 2h."),
  NOT_A_PAIR("%s 应为 {\"key\": …, \"value\": …}。", "%s is not {\"key\": …, \"value\": …}."),

  NO_INSTALL("该接口不可用于安装", "The interface is not available for installation."),
  NO_REPLACE("该接口不可用于替换代理", "This interface is unavailable for proxy replacement."),
  BOTH_MODES(
      "跨页全选模式下不允许传bk_host_id参数",
      "The bk_host_id parameter is not allowed in select-all across pages"),
  NO_MODE("必须选择一种模式(【是否跨页全选】)", "A mode must be selected ([whether to select all across pages])"),
  NO_RUNBOOK("job_type: %s 没有作业流程；可用的有 %s", "job_type: %s has no runbook here; there are %s"),
  HOST_OR_PAIR(
      "bk_host_id 或者 管控区域加IP组合必须选择一种",
      "Either bk_host_id or a cloud area with an IP must be given"),
  HALF_A_PAIR(
      "主机信息(hosts): 第%d项: 请填写 bk_host_id，或 bk_cloud_id 加 inner_ip 或 inner_ipv6",
      "hosts: item %d: give bk_host_id, or bk_cloud_id with inner_ip or inner_ipv6"),
  NO_SUCH_PAIR(
      "主机信息(hosts): 第%d项: 管控区域 %s 中不存在IP为 %s 的主机",
      "hosts: item %d: there is no host in cloud area %s with the address %s"),
  MANY_SUCH_PAIRS(
      "主机信息(hosts): 第%d项: 管控区域 %s 中有 %d 台IP为 %s 的主机，请使用 bk_host_id",
      "hosts: item %d: there are, in cloud area %s, %d hosts with the address %s; use bk_host_id"),
  NO_ACCESS_POINT_MAP(
      "缺少与主机ID: %d AP ID: %d 对应的接入点映射，请联系管理员配置",
      "There is no access point mapping for host %d and access point %d; ask an administrator"),
  NO_SYSTEM(
      "主机(IP:%s) 没有操作系统, 请【重装】并补全相关信息",
      "The host (IP: %s) has no operating system; reinstall it and complete its data"),
  NO_SUCH_CLOUD(
      "不允许操作【管控区域不存在】的主机,「管控区域」id: %d",
      "Hosts of a cloud area that does not exist must not be operated; id of the cloud area: %d"),
  TOO_MANY_HOSTS(
      "选中了 %d 台主机，一个任务最多 %d 台；请缩小条件",
      "the selection holds %d hosts, a job takes at most %d; narrow the conditions"),
  KEY_REUSED(
      "Idempotency-Key 已用于另一个请求（任务 %d），请使用新的 key",
      "Idempotency-Key was used for another request, which became job %d; use a new key"),
  KEY_LENGTH("Idempotency-Key 的长度应为 1 到 %d", "Idempotency-Key must be 1 to %d characters"),

  UNKNOWN_CONDITION(
      "搜索条件(conditions): 未知的 key %s；可用的有 %s", "conditions: unknown key %s; there are %s"),
  WRONG_VALUE("搜索条件(conditions): %s 的值应为%s，而不是 %s", "conditions: %s takes %s, not %s"),
  WRONG_TEXT("搜索条件(conditions): %s: %s", "conditions: %s: %s"),
  NO_VALUES(
      "搜索条件(conditions): %s 不能为空列表；请填写值，或去掉该条件",
      "conditions: %s must not be []; give values, or leave the condition out"),
  TEXTS("文本", "text"),
  WHOLE_NUMBERS("整数", "whole numbers"),
  TRUTHS(" true 或 false", "true or false"),
  ADDRESSINGS(" 0（static）或 1（dynamic）", "0 (static) or 1 (dynamic)"),
  PLUGIN_VERSIONS("文本（-1 为空版本）", "text, or -1 for the empty version"),
  TOPOLOGY(
      "对象 {\"bk_biz_id\": 2, \"bk_set_ids\": […], \"bk_module_ids\": […]}",
      "an object {\"bk_biz_id\": 2, \"bk_set_ids\": […], \"bk_module_ids\": […]}"),
  SEARCH_FIELDS(" %s 的非空列表", "a list of at least one of %s"),
  PLACE_BEYOND(
      "搜索条件(conditions): topology 的业务 %d 不在 bk_biz_id 或您有权限的业务之内",
      "conditions: the business %d of topology is not among bk_biz_id, or not yours to operate"),
  RESOURCE_POOL(
      "【资源池】业务暂不支持从权限中心申请，请在admin中将用户添加为superuser",
      "Permission on the resource pool cannot be applied for; let an administrator make the user a superuser"),
  OPERATE_AGENTS("agent操作", "agent operation"),
  OPERATE_PROXIES("proxy操作", "proxy operation"),
  OPERATE_PLUGINS("插件操作", "plugin operation"),
  NOT_BUSINESSES(
      "业务ID(bk_biz_id): 1.元素应为整数，而不是 %s。 ",
      "Business ID(bk_biz_id): 1.Its elements are whole numbers, not %s. "),

  NOT_JSON("JSON parse error - %s", "JSON parse error - %s"),
  NOT_AN_OBJECT("请求体必须是一个 JSON 对象，得到的类型是“%s”", "the request body must be a JSON object, it is %s"),
  BODY_TOO_LARGE(
      "请求体超过 %d MB；请使用 conditions 代替主机ID列表",
      "the request body is larger than %d MB; select by conditions instead of ids"),
  CONTENT_TYPE("Content-Type 为 %s；请使用 %s", "Content-Type is %s; send %s"),
  ABSENT("空", "absent"),
  NOT_A_NUMBER("%s: %s 不是整数", "%s: %s is not a whole number"),
  BAD_QUERY("请求参数无法解码，请使用 UTF-8 的百分号编码", "the query cannot be decoded; percent-encode it as UTF-8"),
  METHOD("方法 “%s” 不被允许。", "Method \"%s\" not allowed."),
  NOTHING_HERE("%s 不存在", "there is nothing at %s"),
  IMPORT_NEEDS_ADMIN(
      "导入需要在所有业务上拥有 ADMIN 角色，请联系管理员",
      "importing needs the role ADMIN in every business; ask an administrator"),
  NOT_ABOVE_ZERO("%s: %d 不是大于 0 的整数", "%s: %d is not a whole number above 0"),
  BODY_BREAKS_OFF("请求体不完整（%s），没有导入任何内容", "the body breaks off (%s); nothing was imported"),
  INVENTORY_FULL(
      "主机将达到 %d 台，最多 %d 台；没有导入任何内容",
      "the inventory would hold %d hosts, at most %d; nothing was imported"),
  ONE_AREA(
      "请填写 scope（all）、bk_biz_id、bk_cloud_id 三者之一",
      "give exactly one of scope (all), bk_biz_id and bk_cloud_id"),
  NO_SUCH_BUSINESS(
      "业务ID(bk_biz_id): 清单中没有业务 %d；请核对",
      "bk_biz_id: the inventory has no business %d; check the number"),
  NO_SUCH_AREA(
      "管控区域ID(bk_cloud_id): 清单中没有管控区域 %d；请核对",
      "bk_cloud_id: the inventory has no cloud area %d; check the number"),
  NO_SUCH_HOLD(
      "没有编号为 %d 的急停；GET /api/hold/ 列出生效中的急停",
      "there is no hold %d; GET /api/hold/ lists those in force"),
  NO_DATABASE("数据库没有响应；没有执行任何操作，请重试", "the database does not answer; nothing was done, try again"),
  PERHAPS_DONE(
      "数据库在提交时没有响应；可能已执行，请查询后再重试",
      "the database did not answer the commit; it may be done, look before you ask again"),
  SYSTEM_ERROR("系统错误，请联系管理员", "System error, please contact administrator");

  private final String zh;
  private final String en;

  Message(String zh, String en) {
    this.zh = zh;
    this.en = en;
  }

  /** With these values, in whatever language it is wanted. */
  ApiException.Said with(Object... values) {
    return language -> in(language, values);
  }

  String in(Language language, Object... values) {
    return String.format(Locale.ROOT, pattern(language), values);
  }

  String pattern(Language language) {
    return switch (language) {
      case ZH -> zh;
      case EN -> en;
    };
  }
}
