// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/secretstore.h"

#include <QPromise>
#include <QStringList>

namespace turnstone {

using namespace Qt::StringLiterals;

QFuture<SecretAnswer> SecretStore::answered(SecretAnswer answer)
{
    QPromise<SecretAnswer> promise;
    promise.start();
    promise.addResult(std::move(answer));
    promise.finish();
    return promise.future();
}

QString secretKey(const DatabaseUrl &url)
{
    const QString hosts = url.parameter(u"host"_s);
    const QStringList hostList = (hosts.isEmpty() ? url.parameter(u"hostaddr"_s) : hosts).split(u',');
    const QStringList portList = url.parameter(u"port"_s).split(u',');
    QStringList places;
    for (qsizetype i = 0; i < hostList.size(); ++i) {
        const QString host = hostList[i].startsWith(u'/') ? hostList[i] : hostList[i].toLower();
        const QString port = portList.size() == 1 ? portList.first() : portList.value(i);
        places.append((host.contains(u':') ? u'[' + host + u']' : host) + u':' + (port.isEmpty() ? u"5432"_s : port));
    }
    return url.parameter(u"user"_s) + u'@' + places.join(u',') + u'/' + url.parameter(u"dbname"_s);
}

} // namespace turnstone
