// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/embeddingclient.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QThread>

#include <chrono>
#include <future>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

constexpr int silenceMs = 60'000;
constexpr auto stopLook = std::chrono::milliseconds(40);
constexpr qint64 largestAnswer = 256 * 1024 * 1024;

struct EmbeddingText
{
    Q_DECLARE_TR_FUNCTIONS(EmbeddingClient)
};

struct Reply
{
    QNetworkReply::NetworkError error = QNetworkReply::NoError;
    QString errorText;
    int status = 0;
    QByteArray body;
};

bool isThisMachine(const QUrl &url)
{
    const QHostAddress address(url.host());
    return url.host() == u"localhost" || address.isLoopback();
}

/// A thread with an event loop of its own, for one request: the caller's thread may have none.
class RequestThread
{
public:
    RequestThread() : m_context(new QObject)
    {
        m_context->moveToThread(&m_thread);
        QObject::connect(&m_thread, &QThread::finished, m_context, &QObject::deleteLater);
        m_thread.start();
    }
    ~RequestThread()
    {
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(RequestThread)

    std::future<Reply> post(const QNetworkRequest &request, const QByteArray &body)
    {
        auto promise = std::make_shared<std::promise<Reply>>();
        QMetaObject::invokeMethod(m_context, [this, request, body, promise] {
            auto *manager = new QNetworkAccessManager(m_context);
            QNetworkReply *reply = m_reply = manager->post(request, body);
            QObject::connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received) {
                if (received > largestAnswer)
                    reply->abort();
            });
            QObject::connect(reply, &QNetworkReply::finished, m_context, [reply, promise] {
                promise->set_value({reply->error(), reply->errorString(), reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll()});
            });
        });
        return promise->get_future();
    }
    void abort()
    {
        QMetaObject::invokeMethod(m_context, [this] {
            if (m_reply)
                m_reply->abort();
        });
    }

private:
    QThread m_thread;
    QObject *m_context; // lives in m_thread
    QNetworkReply *m_reply = nullptr; // used there only
};

Error errorOf(const Reply &reply, const QUrl &url)
{
    const QString place = url.toDisplayString(QUrl::RemoveUserInfo);
    const QJsonObject answer = QJsonDocument::fromJson(reply.body).object();
    QString said = answer.value(u"error"_s).toObject().value(u"message"_s).toString();
    if (said.isEmpty())
        said = answer.value(u"error"_s).toString();
    if (reply.status == 401 || reply.status == 403)
        return {ErrorCode::Permission, EmbeddingText::tr("The endpoint %1 does not accept the key.").arg(place), said, -1};
    if (reply.status >= 300 && reply.status < 400)
        return {ErrorCode::Unsupported, EmbeddingText::tr("The endpoint %1 sends elsewhere. Give the address that it means.").arg(place), said, -1};
    if (reply.status >= 400)
        return {ErrorCode::Unsupported, EmbeddingText::tr("The endpoint %1 refused (%2): %3").arg(place).arg(reply.status).arg(said.isEmpty() ? reply.errorText : said), QString::fromUtf8(reply.body.left(2000)), -1};
    return {ErrorCode::Connection, EmbeddingText::tr("The endpoint %1 cannot be reached. Is the server running?").arg(place), reply.errorText, -1};
}

Result<std::vector<std::vector<double>>> vectorsOf(const Reply &reply, qsizetype count, const QUrl &url)
{
    const QJsonArray data = QJsonDocument::fromJson(reply.body).object().value(u"data"_s).toArray();
    std::vector<std::vector<double>> vectors(static_cast<std::size_t>(count));
    for (qsizetype i = 0; i < data.size(); ++i) {
        const QJsonObject entry = data.at(i).toObject();
        const qsizetype index = entry.value(u"index"_s).toInt(static_cast<int>(i));
        if (index < 0 || index >= count)
            continue;
        for (const QJsonValue &number : entry.value(u"embedding"_s).toArray())
            vectors[static_cast<std::size_t>(index)].push_back(number.toDouble());
    }
    for (const std::vector<double> &vector : vectors) {
        if (vector.empty() || vector.size() != vectors.front().size()) {
            return failure(ErrorCode::Unsupported, EmbeddingText::tr("The endpoint %1 did not answer with a vector for each text.").arg(url.toDisplayString(QUrl::RemoveUserInfo)),
                           QString::fromUtf8(reply.body.left(500)));
        }
    }
    return vectors;
}

} // namespace

Result<QUrl> EmbeddingEndpoint::requestUrl() const
{
    QUrl parsed(url.trimmed(), QUrl::StrictMode);
    if (!parsed.isValid() || parsed.host().isEmpty() || (parsed.scheme() != u"http" && parsed.scheme() != u"https"))
        return failure(ErrorCode::InvalidInput, EmbeddingText::tr("The endpoint must be an http or https address, such as http://localhost:8080/v1."));
    if (!key.isEmpty() && parsed.scheme() == u"http" && !isThisMachine(parsed))
        return failure(ErrorCode::InvalidInput, EmbeddingText::tr("The key would travel unencrypted to %1. Use https.").arg(parsed.host()));
    QString path = parsed.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    if (!path.endsWith(u"/embeddings"_s))
        path += path.endsWith(u"/v1"_s) ? u"/embeddings"_s : u"/v1/embeddings"_s;
    parsed.setPath(path);
    return parsed;
}

QString EmbeddingEndpoint::secretName() const
{
    return u"embedding "_s + QUrl(url.trimmed()).toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::StripTrailingSlash);
}

Result<std::vector<std::vector<double>>> embedTexts(const EmbeddingEndpoint &endpoint, const QStringList &texts, const std::stop_token &stop)
{
    const Result<QUrl> url = endpoint.requestUrl();
    if (!url)
        return failure(url);
    QNetworkRequest request(*url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(silenceMs);
    if (!endpoint.key.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + endpoint.key.toUtf8());
    QJsonObject body{{u"input"_s, QJsonArray::fromStringList(texts)}, {u"encoding_format"_s, u"float"_s}};
    if (!endpoint.model.isEmpty())
        body.insert(u"model"_s, endpoint.model);
    RequestThread thread;
    std::future<Reply> pending = thread.post(request, QJsonDocument(body).toJson(QJsonDocument::Compact));
    bool isStopped = false;
    while (pending.wait_for(stopLook) != std::future_status::ready) {
        if (stop.stop_requested() && !isStopped) {
            thread.abort();
            isStopped = true;
        }
    }
    const Reply reply = pending.get();
    if (isStopped)
        return failure(ErrorCode::Cancelled, EmbeddingText::tr("Stopped."));
    if (reply.error != QNetworkReply::NoError || reply.status < 200 || reply.status >= 300)
        return tl::unexpected(errorOf(reply, *url));
    return vectorsOf(reply, texts.size(), *url);
}

} // namespace turnstone
