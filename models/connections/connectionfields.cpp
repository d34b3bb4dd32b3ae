// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectionfields.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct ConnectionFieldsText
{
    Q_DECLARE_TR_FUNCTIONS(ConnectionFields)
};

/// One entry of the host list: what stands before and after the port's colon.
struct HostEntry
{
    QString host;
    QString port;
    QString problem;
};

bool isSocket(const QString &host)
{
    return host.startsWith(u'/') || host.startsWith(u'@');
}

QString portProblem(const QString &port)
{
    bool isNumber = true;
    const int number = port.isEmpty() ? 5432 : port.toInt(&isNumber);
    return isNumber && number >= 1 && number <= 65535 ? QString() : ConnectionFieldsText::tr("A port is a number from 1 to 65535.");
}

HostEntry hostEntry(const QString &text)
{
    HostEntry entry;
    const qsizetype close = text.startsWith(u'[') ? text.indexOf(u']') : -1;
    if (text.startsWith(u'[') && close < 0) {
        entry.problem = ConnectionFieldsText::tr("The bracket of an address is not closed; write [::1]:5432.");
    } else if (close > 0) {
        entry.host = text.mid(1, close - 1);
        const QString rest = text.mid(close + 1);
        entry.port = rest.mid(1);
        if (!rest.isEmpty() && (rest[0] != u':' || entry.port.isEmpty()))
            entry.problem = ConnectionFieldsText::tr("After the brackets of an address only : and a port may follow.");
    } else if (!isSocket(text) && text.count(u':') == 1) { // more colons: an IPv6 address without a port
        entry.host = text.section(u':', 0, 0);
        entry.port = text.section(u':', 1);
        if (entry.port.isEmpty())
            entry.problem = ConnectionFieldsText::tr("After the colon the port is missing.");
    } else {
        entry.host = text;
    }
    if (entry.problem.isEmpty())
        entry.problem = portProblem(entry.port);
    if (entry.problem.isEmpty() && !isSocket(entry.host) && (entry.host.contains(u'/') || entry.host.contains(u'@') || entry.host.contains(u' ')))
        entry.problem = ConnectionFieldsText::tr("A host is a name, an address, or the folder of a socket that begins with /.");
    return entry;
}

std::vector<HostEntry> hostEntries(const QString &hosts)
{
    std::vector<HostEntry> entries;
    for (const QString &text : hosts.split(u','))
        entries.push_back(hostEntry(text.trimmed()));
    return entries;
}

QString entryText(const QString &host, const QString &port)
{
    const bool needsBrackets = host.contains(u':') || (!port.isEmpty() && isSocket(host));
    if (port.isEmpty()) // an IPv6 address has several colons and is known by them
        return host.count(u':') == 1 && !isSocket(host) ? u'[' + host + u']' : host;
    return (needsBrackets ? u'[' + host + u']' : host) + u':' + port;
}

tl::unexpected<Error> cannotShow(const QString &message)
{
    return failure(ErrorCode::InvalidInput, message);
}

bool allEqual(const QStringList &texts)
{
    return std::all_of(texts.cbegin(), texts.cend(), [&](const QString &text) { return text == texts.first(); });
}

QString othersValue(const ConnectionFields &fields, QLatin1StringView keyword)
{
    const auto found = std::find_if(fields.others.cbegin(), fields.others.cend(), [&](const DatabaseUrl::Parameter &p) { return p.first == keyword; });
    return found == fields.others.cend() ? QString() : found->second;
}

} // namespace

const QStringList &ConnectionFields::sslModes()
{
    static const QStringList modes{u"disable"_s, u"allow"_s, u"prefer"_s, u"require"_s, u"verify-ca"_s, u"verify-full"_s};
    return modes;
}

const QStringList &ConnectionFields::targetSessions()
{
    static const QStringList sessions{u"any"_s, u"read-write"_s, u"read-only"_s, u"primary"_s, u"standby"_s, u"prefer-standby"_s};
    return sessions;
}

Result<ConnectionFields> ConnectionFields::fromText(const QString &text)
{
    const Result<DatabaseUrl> url = DatabaseUrl::parse(text);
    return url ? fromUrl(*url) : Result<ConnectionFields>(failure(url));
}

Result<ConnectionFields> ConnectionFields::fromUrl(const DatabaseUrl &url)
{
    if (url.engine() != Engine::PostgreSql)
        return failure(ErrorCode::Unsupported, ConnectionFieldsText::tr("This names a SQLite file, which needs no connection; open it as a file."));
    ConnectionFields fields;
    fields.password = url.password();
    QStringList hosts;
    QStringList ports;
    for (const auto &[keyword, value] : url.parameters()) {
        if (keyword == "host"_L1) {
            hosts = value.split(u',');
        } else if (keyword == "port"_L1) {
            ports = value.split(u',');
        } else if (keyword == "dbname"_L1) {
            fields.database = value;
        } else if (keyword == "user"_L1) {
            fields.user = value;
        } else if (keyword == "sslrootcert"_L1) {
            fields.rootCertificate = value;
        } else if (keyword == "sslmode"_L1) {
            if (!sslModes().contains(value))
                return cannotShow(ConnectionFieldsText::tr("The parameter sslmode must be one of %1.").arg(sslModes().join(", "_L1)));
            fields.sslMode = value;
        } else if (keyword == "target_session_attrs"_L1) {
            if (!targetSessions().contains(value))
                return cannotShow(ConnectionFieldsText::tr("The parameter target_session_attrs must be one of %1.").arg(targetSessions().join(", "_L1)));
            fields.targetSession = value;
        } else if (keyword == "connect_timeout"_L1) {
            bool isNumber = false;
            const int seconds = value.trimmed().toInt(&isNumber);
            if (!isNumber || seconds > maxConnectTimeout)
                return cannotShow(ConnectionFieldsText::tr("The parameter connect_timeout must be a whole number of seconds, at most 86,400."));
            fields.connectTimeout = std::max(0, seconds); // libpq takes a negative number as 0
        } else {
            fields.others.append({keyword, value});
        }
    }
    const bool ownPorts = ports.size() > 1 && hosts.size() == ports.size() && !allEqual(ports);
    for (qsizetype i = 0; i < hosts.size(); ++i)
        hosts[i] = entryText(hosts[i], ownPorts ? ports[i] : QString());
    fields.hosts = hosts.join(u',');
    if (!ownPorts && !ports.isEmpty())
        fields.port = allEqual(ports) ? ports.first() : ports.join(u',');
    return fields;
}

DatabaseUrl ConnectionFields::toUrl() const
{
    QStringList hostList;
    QStringList portList;
    const QString commonPort = port.trimmed();
    for (const HostEntry &entry : hostEntries(hosts)) {
        hostList.append(entry.host);
        portList.append(entry.port.isEmpty() ? commonPort : entry.port);
    }
    QList<DatabaseUrl::Parameter> parameters{{u"host"_s, hostList.join(u',')},
                                             {u"port"_s, allEqual(portList) ? portList.first() : portList.join(u',')},
                                             {u"dbname"_s, database},
                                             {u"user"_s, user},
                                             {u"sslmode"_s, sslMode},
                                             {u"sslrootcert"_s, rootCertificate},
                                             {u"target_session_attrs"_s, targetSession},
                                             {u"connect_timeout"_s, connectTimeout ? QString::number(*connectTimeout) : QString()}};
    parameters += others;
    DatabaseUrl url = DatabaseUrl::forServer(parameters);
    url.setPassword(password);
    return url;
}

std::vector<FieldProblem> ConnectionFields::problems() const
{
    std::vector<FieldProblem> found;
    const std::vector<HostEntry> entries = hostEntries(hosts);
    if (hosts.contains("://"_L1)) {
        found.push_back({ConnectionField::Hosts, ConnectionFieldsText::tr("This is a URL; it belongs in the field URL.")});
    } else {
        for (const HostEntry &entry : entries) {
            QString problem = entry.problem;
            if (problem.isEmpty() && entry.host.isEmpty() && (entries.size() > 1 || !entry.port.isEmpty()))
                problem = ConnectionFieldsText::tr("A host is missing; write one:5432,two:5432.");
            if (problem.isEmpty())
                continue;
            found.push_back({ConnectionField::Hosts, problem});
            break;
        }
    }
    const bool severalAddresses = hosts.isEmpty() && port.contains(u',');
    if (const QString problem = severalAddresses ? QString() : portProblem(port.trimmed()); !problem.isEmpty())
        found.push_back({ConnectionField::Port, problem});
    if (database.isEmpty() && othersValue(*this, "service"_L1).isEmpty())
        found.push_back({ConnectionField::Database, ConnectionFieldsText::tr("The name of the database is missing.")});
    else if (database.contains("://"_L1))
        found.push_back({ConnectionField::Database, ConnectionFieldsText::tr("This is a URL; it belongs in the field URL.")});
    if (found.empty())
        if (const Result<DatabaseUrl> parsed = DatabaseUrl::parse(toUrl().toUrlWithSecrets()); !parsed)
            found.push_back({ConnectionField::Url, parsed.error().message});
    return found;
}

} // namespace turnstone
