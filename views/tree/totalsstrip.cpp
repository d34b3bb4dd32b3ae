// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tree/totalsstrip.h"

#include "models/browsing/columnmeaning.h"
#include "models/core/async.h"
#include "models/profiles/hierarchy.h"
#include "views/reading/elidedlabel.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QMouseEvent>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int restMs = 250;
/// So long a database is read without somebody asking for it. While it is read, the log of whoever writes cannot be emptied.
constexpr int limitMs = 500;
constexpr std::size_t modelsInTip = 12;

QString callsAndTime(const TotalsLine &line)
{
    const QString calls = TotalsStrip::tr("%Ln calls", nullptr, static_cast<int>(line.rows));
    return line.latencyMs ? calls + u" · "_s + durationText(*line.latencyMs) : calls;
}

} // namespace

TotalsStrip::TotalsStrip(QWidget *parent)
    : QWidget(parent), m_head(new ElidedLabel(this)), m_sum(new ElidedLabel(this)), m_more(new ElidedLabel(this)), m_button(new QToolButton(this)), m_rest(new QTimer(this)), m_limit(new QTimer(this))
{
    setObjectName(u"totalsStrip"_s);
    setAutoFillBackground(true);
    m_head->setObjectName(u"totalsStripHead"_s);
    m_sum->setObjectName(u"totalsStripSum"_s);
    m_more->setObjectName(u"totalsStripMore"_s);
    for (QLabel *label : {m_head, m_more}) {
        label->setFont(sizedFont(font(), metrics::captionPx));
        label->setForegroundRole(QPalette::PlaceholderText);
    }
    for (QLabel *label : {m_head, m_sum, m_more})
        label->setTextFormat(Qt::PlainText);
    m_button->setObjectName(u"totalsStripButton"_s);
    m_button->setAutoRaise(true);
    m_button->setFont(sizedFont(font(), metrics::captionPx));
    QSizePolicy room = m_button->sizePolicy();
    room.setRetainSizeWhenHidden(true); // else the lines jump
    m_button->setSizePolicy(room);
    auto *head = new QHBoxLayout;
    head->addWidget(m_head, 1);
    head->addWidget(m_button);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space3, metrics::space1, metrics::space2, metrics::space2);
    layout->setSpacing(1);
    layout->addLayout(head);
    layout->addWidget(m_sum);
    layout->addWidget(m_more);
    for (QTimer *timer : {m_rest, m_limit})
        timer->setSingleShot(true);
    m_rest->setInterval(restMs);
    m_limit->setInterval(limitMs);
    m_limit->setObjectName(u"totalsStripLimit"_s);
    m_rest->setObjectName(u"totalsStripRest"_s);
    connect(m_rest, &QTimer::timeout, this, [this] { read(true); });
    connect(m_limit, &QTimer::timeout, this, [this] {
        m_stop.request_stop();
        m_tooLong.insert({m_context->id, m_path.toString()});
        offerToRead();
    });
    connect(m_button, &QToolButton::clicked, this, [this] {
        switch (m_state) {
        case State::Reading:
            m_stop.request_stop();
            setTexts(State::TooLong, m_title, tr("Not added up"));
            break;
        case State::TooLong:
        case State::Failed: read(false); break;
        case State::Shown: emit detailsRequested(m_context->id, m_path); break;
        case State::Empty: break;
        }
    });
    clear();
}

TotalsStrip::~TotalsStrip()
{
    m_stop.request_stop();
}

void TotalsStrip::clear()
{
    m_rest->stop();
    m_limit->stop();
    m_stop.request_stop();
    m_context.reset();
    m_path = {};
    m_title.clear();
    setTexts(State::Empty, {}, {});
    hide();
}

void TotalsStrip::showPlace(const DatabaseContext &context, const TreePath &path, const QString &table, const QString &title)
{
    if (m_context && m_context->id == context.id && m_context->catalog == context.catalog && m_path == path && m_title == title && m_state != State::Failed)
        return;
    m_rest->stop();
    m_limit->stop();
    m_stop.request_stop();
    m_context = context;
    m_path = path;
    m_title = title;
    setVisible(hasTotals(*context.profile));
    const bool hasOwn = path.isEmpty() ? hasTotals(*context.profile) : hasTotals(*context.profile, table);
    setTexts(State::Empty, hasOwn ? title : QString(), {});
    if (hasOwn && m_tooLong.contains({context.id, path.toString()}))
        offerToRead();
    else if (hasOwn)
        m_rest->start();
}

void TotalsStrip::offerToRead()
{
    setTexts(State::TooLong, m_title, tr("Much to add up"), tr("Tokens, time and cost: it takes a while."));
}

void TotalsStrip::showNothing(const DatabaseContext &context)
{
    clear();
    setVisible(hasTotals(*context.profile));
}

void TotalsStrip::read(bool isBounded)
{
    m_stop.request_stop();
    m_stop = {};
    setTexts(State::Reading, m_title, tr("Adding up…"));
    if (isBounded)
        m_limit->start();
    const auto job = [context = *m_context, path = m_path, prices = m_prices](Connection &connection) -> Result<Totals> {
        const Result<PriceList> list = PriceList::inUse(prices, context.profile->prices);
        if (!list)
            return failure(list);
        Hierarchy hierarchy(connection, context.catalog, context.profile);
        return readTotals({connection, *context.catalog, *context.profile}, hierarchy, path, *list);
    };
    onResult(m_context->pool->read(job, m_stop.get_token()), this, [this, token = m_stop.get_token()](const Result<Totals> &totals) {
        if (token.stop_requested())
            return; // of another place, or given up
        m_limit->stop();
        if (totals)
            accept(*totals);
        else if (totals.error().code != ErrorCode::Cancelled)
            setTexts(State::Failed, m_title, tr("Cannot be added up"), totals.error().message, totals.error().message);
    });
}

void TotalsStrip::accept(const Totals &totals)
{
    if (totals.isEmpty()) {
        setTexts(State::Empty, m_title, tr("No calls"));
        return;
    }
    QStringList tip;
    for (std::size_t i = 0; i < std::min(totals.lines.size(), modelsInTip); ++i) {
        const TotalsLine &line = totals.lines[i];
        tip.append((line.model.isEmpty() ? tr("(model not recorded)") : line.model) + u": "_s + tokensAndCost(line) + u" · "_s + callsAndTime(line));
    }
    if (totals.lines.size() > modelsInTip)
        tip.append(tr("… and %n more models", nullptr, static_cast<int>(totals.lines.size() - modelsInTip)));
    if (totals.all.uncounted > 0)
        tip.append(tr("%n calls have no count of tokens.", nullptr, static_cast<int>(totals.all.uncounted)));
    setTexts(State::Shown, m_title, tokensAndCost(totals), callsAndTime(totals.all), tip.join(u'\n'));
}

void TotalsStrip::setTexts(State state, const QString &head, const QString &sum, const QString &more, const QString &tip)
{
    m_state = state;
    setBackgroundRole(head.isEmpty() ? QPalette::Base : QPalette::Window); // with nothing to say it looks like the tree above
    m_head->setText(head);
    m_sum->setText(sum);
    m_more->setText(more);
    m_sum->setForegroundRole(state == State::Shown ? QPalette::WindowText : QPalette::PlaceholderText);
    setToolTip((tip.isEmpty() || state != State::Shown ? QStringList{tip} : QStringList{head, sum, more, QString(), tip}).join(u'\n'));
    const QString words = state == State::Reading ? tr("Stop") : state == State::TooLong || state == State::Failed ? tr("Add up") : state == State::Shown ? tr("By model") : QString();
    m_button->setText(words);
    m_button->setVisible(!words.isEmpty());
}

void TotalsStrip::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && m_state == State::Shown)
        emit detailsRequested(m_context->id, m_path);
    QWidget::mouseReleaseEvent(event);
}

} // namespace turnstone
