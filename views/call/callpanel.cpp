// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/call/callpanel.h"

#include "models/core/async.h"
#include "models/json/jsonlayout.h"
#include "models/profiles/hierarchy.h"
#include "views/panels/recordteller.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLocale>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QThreadPool>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

// A text widget lays a line out as a whole; what is longer is broken for the display.
constexpr qsizetype longestLine = 5'000;
constexpr qsizetype mostRaw = 2'000'000;

QString rawText(const QByteArray &messages, const QByteArray &response)
{
    const auto laidOut = [](const QByteArray &stored) {
        const QByteArray json = laidOutJson(unwrappedJson(stored));
        return QString::fromUtf8(json.isNull() ? stored : json);
    };
    QString text = laidOut(messages);
    if (!response.isEmpty())
        text += u"\n\n"_s + laidOut(response);
    text.truncate(mostRaw);
    QString broken;
    broken.reserve(text.size());
    qsizetype line = 0;
    for (const QChar c : text) {
        broken += c;
        line = c == u'\n' ? 0 : line + 1;
        if (line >= longestLine) {
            broken += u'\n';
            line = 0;
        }
    }
    return broken;
}

int colourOf(const QString &role)
{
    return role == u"system" || role == u"developer" ? 7 : role == u"user" ? 0 : role == u"assistant" || role == u"model" ? 2 : role == u"tool" ? 1 : 4;
}

} // namespace

CallPanel::CallPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_workers(services.workers), m_table(tableOf(arguments)), m_key(keyOf(arguments)), m_view(new ReadingView(services.workers, this)),
      m_raw(new QPlainTextEdit(this)), m_pages(new QStackedWidget(this)), m_message(new MessageBar(this)), m_title(new ElidedLabel(this)), m_summary(new ElidedLabel(this)),
      m_place(new QLabel(this)), m_showRaw(new QToolButton(this)), m_previous(new QToolButton(this)), m_next(new QToolButton(this)), m_record(new RecordTeller(*this))
{
    setObjectName(u"callPanel"_s);
    build();
    setFocusProxy(m_view);
    reload();
}

std::optional<Record> CallPanel::currentRecord() const
{
    return m_record->record();
}

CallPanel::~CallPanel()
{
    m_stop.request_stop();
}

void CallPanel::build()
{
    m_title->setObjectName(u"callTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_summary->setObjectName(u"callSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_place->setObjectName(u"callPlace"_s);
    m_place->setFont(sizedFont(font(), metrics::captionPx));
    m_place->setForegroundRole(QPalette::PlaceholderText);
    const auto button = [this](QToolButton *tool, const QString &name, const QString &text, const QString &tip) {
        tool->setObjectName(name);
        tool->setText(text);
        tool->setAccessibleName(tip);
        tool->setToolTip(tip);
        tool->setAutoRaise(true);
        tool->setFont(sizedFont(font(), metrics::captionPx));
    };
    button(m_showRaw, u"showRaw"_s, tr("Raw JSON"), tr("Show messages and response as they are stored"));
    m_showRaw->setCheckable(true);
    button(m_previous, u"previousCall"_s, u"←"_s, tr("Previous call of the same entry"));
    button(m_next, u"nextCall"_s, u"→"_s, tr("Next call of the same entry"));
    m_view->setObjectName(u"callChat"_s);
    m_view->setAccessibleName(tr("Messages of the call"));
    m_view->setEmptyText(tr("Reading…"));
    m_raw->setObjectName(u"callRaw"_s);
    m_raw->setAccessibleName(tr("Messages and response as they are stored"));
    m_raw->setReadOnly(true);
    m_raw->setFrameShape(QFrame::NoFrame);
    m_raw->setFont(fixedFont(metrics::bodyPx - 1));
    m_raw->document()->setDocumentMargin(metrics::space4);
    m_pages->addWidget(m_view);
    m_pages->addWidget(m_raw);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(metrics::space4, metrics::space2, metrics::space2, 0);
    head->setSpacing(metrics::space1);
    head->addWidget(m_title, 1);
    head->addWidget(m_place);
    head->addWidget(m_previous);
    head->addWidget(m_next);
    head->addWidget(m_showRaw);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(m_pages, 1);
    connect(m_view, &ReadingView::bodiesWanted, this, &CallPanel::showBodies);
    connect(m_view, &ReadingView::settled, this, [this] {
        if (m_call)
            emit settled();
    });
    connect(m_view, &ReadingView::linkActivated, this, [this](int, const QString &id) {
        if (id.startsWith(u"url:"))
            askToOpenLink(id.mid(4), this);
    });
    connect(m_showRaw, &QToolButton::toggled, this, &CallPanel::showRaw);
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(m_message, &MessageBar::actionTriggered, this, &CallPanel::reload);
}

QString CallPanel::title() const
{
    QStringList key;
    for (const Value &value : m_key)
        key.append(value.toDisplayText());
    return m_key.empty() ? tr("Call") : tr("Call %1").arg(key.join(u" · "_s));
}

void CallPanel::reload()
{
    const Lens *lens = callLensFor(*context().profile, m_table);
    if (lens == nullptr || m_key.empty()) {
        m_view->setEmptyText(tr("Here stands what was sent to a model and what came back. Choose a call in the tree."));
        emit settled();
        return;
    }
    m_stop.request_stop();
    m_stop = {};
    const auto job = [context = context(), lens = *lens, key = m_key](Connection &connection) { return readCall({connection, *context.catalog, *context.profile}, lens, key); };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<CallRecord> call) {
        if (call) {
            m_message->clear();
            accept(std::move(*call));
        } else if (call.error().code != ErrorCode::Cancelled) {
            m_view->setEmptyText({});
            m_message->showError(call.error(), tr("Try again"));
            emit settled();
        }
    });
}

void CallPanel::accept(CallRecord call)
{
    m_call = std::move(call);
    m_title->setText(m_call->model.isEmpty() ? title() : title() + u" · "_s + m_call->model);
    showSummary();
    const bool hasSiblings = m_call->siblings.size() > 1;
    for (QWidget *each : std::initializer_list<QWidget *>{m_place, m_previous, m_next})
        each->setVisible(hasSiblings);
    m_place->setText(tr("%1 of %2").arg(m_call->place + 1).arg(m_call->siblings.size()));
    m_previous->setEnabled(m_call->place > 0);
    m_next->setEnabled(m_call->place + 1 < static_cast<int>(m_call->siblings.size()));
    std::vector<ReadingHead> heads;
    bool isAnswerAnnounced = false;
    for (const ChatMessage &message : m_call->chat.messages) {
        if (message.isResponse && !isAnswerAnnounced) {
            ReadingHead chapter;
            chapter.kind = ReadingHead::Kind::Chapter;
            chapter.title = tr("Response");
            heads.push_back(chapter);
            isAnswerAnnounced = true;
        }
        ReadingHead head;
        head.title = message.role.isEmpty() ? tr("message") : message.role;
        head.chip = message.name;
        head.colour = colourOf(message.role);
        for (const ChatPart &part : message.parts)
            head.length += part.text.size();
        head.start = message.parts.empty() ? QString() : message.parts.front().text.left(200);
        if (message.isResponse && !m_call->chat.finish.isEmpty())
            head.note = tr("ended with %1").arg(m_call->chat.finish);
        heads.push_back(head);
    }
    if (!m_call->chat.undecoded.isEmpty()) {
        ReadingHead head;
        head.title = tr("Not understood");
        head.isBad = true;
        head.length = m_call->chat.undecoded.size();
        heads.push_back(head);
    }
    m_view->setEmptyText(tr("Nothing was sent and nothing came back."));
    const bool isEmpty = heads.empty();
    m_view->setHeads(std::move(heads));
    if (m_showRaw->isChecked())
        showRaw(true);
    readRecordOfCall();
    emit titleChanged();
    if (isEmpty)
        emit settled();
}

void CallPanel::showSummary()
{
    const QLocale locale;
    QStringList facts;
    if (m_call->sent)
        facts.append(timeText(*m_call->sent, m_zone));
    if (m_call->latencyMs)
        facts.append(tr("%1 in all").arg(durationText(*m_call->latencyMs)));
    if (m_call->firstTokenMs)
        facts.append(tr("first token %1").arg(durationText(*m_call->firstTokenMs)));
    if (m_call->tokensPerSecond)
        facts.append(tr("%1 tokens/s").arg(locale.toString(*m_call->tokensPerSecond, 'f', 1)));
    if (m_call->tokensIn && m_call->tokensOut)
        facts.append(tr("%1 → %2 tokens").arg(locale.toString(*m_call->tokensIn, 'f', 0), locale.toString(*m_call->tokensOut, 'f', 0)));
    else if (m_call->tokensIn)
        facts.append(tr("%1 tokens in").arg(locale.toString(*m_call->tokensIn, 'f', 0)));
    else if (m_call->tokensOut)
        facts.append(tr("%1 tokens out").arg(locale.toString(*m_call->tokensOut, 'f', 0)));
    else if (m_call->tokens)
        facts.append(tr("%1 tokens").arg(locale.toString(*m_call->tokens, 'f', 0)));
    m_summary->setText(facts.join(u" · "_s));
}

void CallPanel::showBodies(const std::vector<int> &entries)
{
    for (const int entry : entries) {
        int message = entry;
        for (int i = 0; i < entry; ++i)
            message -= m_view->head(i).kind == ReadingHead::Kind::Chapter ? 1 : 0;
        std::vector<ReadingPart> parts;
        if (message >= static_cast<int>(m_call->chat.messages.size())) {
            parts.emplace_back().text = m_call->chat.undecoded;
            m_view->setBody(entry, std::move(parts));
            continue;
        }
        for (const ChatPart &each : m_call->chat.messages[static_cast<std::size_t>(message)].parts) {
            ReadingPart part;
            part.text = each.text;
            switch (each.kind) {
            case ChatPart::Kind::Text: break;
            case ChatPart::Kind::Thinking:
                part.title = tr("Thinking");
                part.isOpen = false;
                break;
            case ChatPart::Kind::ToolCall:
                part.title = tr("Calls %1").arg(each.name.isEmpty() ? tr("a tool") : each.name);
                part.format = u"json"_s;
                break;
            case ChatPart::Kind::ToolResult: part.title = each.name.isEmpty() ? tr("Result of a tool") : tr("Result of %1").arg(each.name); break;
            case ChatPart::Kind::Image:
                part.title = tr("Image");
                part.isOpen = false;
                break;
            case ChatPart::Kind::Other:
                part.title = tr("Part of another kind");
                part.format = u"json"_s;
                break;
            }
            parts.push_back(std::move(part));
        }
        m_view->setBody(entry, std::move(parts));
    }
}

void CallPanel::showRaw(bool on)
{
    m_pages->setCurrentIndex(on ? 1 : 0);
    if (!on || !m_call)
        return;
    onResult(QtConcurrent::run(&m_workers, [messages = m_call->messages, response = m_call->response] { return rawText(messages, response); }), this,
             [this](const QString &text) { m_raw->setPlainText(text); });
}

void CallPanel::readRecordOfCall()
{
    const auto job = [context = context(), table = m_table, key = m_key](Connection &connection) -> Result<QString> {
        const Result<TreePath> path = Hierarchy(connection, context.catalog, context.profile).pathTo(table, key);
        return path ? Result<QString>(path->toString()) : failure(path);
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](const Result<QString> &path) {
        m_path = path ? *path + u'#' + kind() : QString();
        emit pathChanged();
    });
    m_record->tell(m_table, m_key);
}

void CallPanel::step(int by)
{
    const int to = m_call ? m_call->place + by : -1;
    if (to < 0 || to >= static_cast<int>(m_call->siblings.size()))
        return;
    m_key = m_call->siblings[static_cast<std::size_t>(to)];
    reload();
}

void CallPanel::setShownZone(ShownZone zone)
{
    m_zone = zone;
    if (m_call)
        showSummary();
}

void CallPanel::copy(const QString &)
{
    if (m_pages->currentWidget() == m_raw)
        m_raw->copy();
    else
        m_view->copySelection();
}

PanelKind callPanelKind()
{
    PanelKind kind;
    kind.id = u"call"_s;
    kind.title = CallPanel::tr("&Call");
    kind.icon = u"json"_s;
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        return callLensFor(*context.profile, table) == nullptr ? QString() : CallPanel::tr("Read the call");
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new CallPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
